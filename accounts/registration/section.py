"""The page of the registration settings: /admin/site/registration/."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.registration import domains
from accounts.registration.rules import Mode, RegistrationSettings, Uploaders
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.sections import Section, register

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MEGABYTE, GIGABYTE = 10**6, 10**9
MAX_GIGABYTES = 10**9
MAX_DOMAINS = 500
# Fields that show sizes in another unit than their values: bytes per unit.
UNITS = {
    "quota_bytes": GIGABYTE,
    "creator_quota_bytes": GIGABYTE,
    "staff_quota_bytes": GIGABYTE,
    "max_upload_bytes": MEGABYTE,
}
QUOTAS = ("quota_bytes", "creator_quota_bytes", "staff_quota_bytes")


def _domains(label: StrOrPromise, help_text: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=MAX_DOMAINS * 64,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )


def _quota(label: StrOrPromise, help_text: StrOrPromise, *, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_value=MAX_GIGABYTES,
        decimal_places=3,
    )


class RegistrationForm(SectionForm):
    """The form of the registration settings."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Who can sign up?"), choices=Mode.choices, widget=forms.RadioSelect
    )
    login_required = forms.BooleanField(
        label=gettext_lazy("Show the site only to people who are signed in"),
        required=False,
        help_text=gettext_lazy(
            "Everyone else sees the sign-in page. Feeds and embedded players stop working."
        ),
    )
    allowed_domains = _domains(
        gettext_lazy("Allowed email domains"),
        gettext_lazy("One domain per line. Subdomains are included. Leave empty to allow all domains."),
    )
    denied_domains = _domains(
        gettext_lazy("Blocked email domains"),
        gettext_lazy("One domain per line. Subdomains are included."),
    )
    verified_email = forms.BooleanField(
        label=gettext_lazy("Require a confirmed email address to publish"),
        required=False,
        help_text=gettext_lazy("Videos stay private until their owner confirms an email address."),
    )
    uploads = forms.ChoiceField(
        label=gettext_lazy("Who can upload videos?"), choices=Uploaders.choices, widget=forms.RadioSelect
    )
    quota_bytes = _quota(
        gettext_lazy("Storage per account (GB)"),
        gettext_lazy("0 for no limit. You can set another limit for an account on its page."),
        required=True,
    )
    creator_quota_bytes = _quota(
        gettext_lazy("Storage per approved creator (GB)"),
        gettext_lazy("Leave empty for the limit of every account. 0 for no limit."),
        required=False,
    )
    staff_quota_bytes = _quota(
        gettext_lazy("Storage per staff account (GB)"),
        gettext_lazy("Leave empty for the limit of creators or of every account. 0 for no limit."),
        required=False,
    )
    max_upload_bytes = forms.IntegerField(
        label=gettext_lazy("Largest upload (MB)"),
        min_value=1,
        help_text=gettext_lazy("Can't be more than the server's own limit (MAX_UPLOAD_BYTES)."),
    )

    def initial_values(self, values: Any) -> dict[str, object]:
        """Return what the fields show: domains on lines, sizes in their units."""
        shown = super().initial_values(values)
        for name in ("allowed_domains", "denied_domains"):
            shown[name] = "\n".join(getattr(values, name))
        for name in QUOTAS:
            shown[name] = _in_gigabytes(getattr(values, name))
        shown["max_upload_bytes"] = values.max_upload_bytes // MEGABYTE
        return shown

    def changed_values(self) -> dict[str, object]:
        """Return the values, sizes in bytes. A size that is shown as before is the same as before."""
        found = super().changed_values()
        for name, unit in UNITS.items():
            if name in self.cleaned_data:
                typed = self.cleaned_data[name]
                is_same = _is_same_number(typed, self.initial[name])
                changed = None if typed is None else int(Decimal(typed) * unit)
                found[name] = getattr(self.values, name) if is_same else changed
        return found

    def clean_allowed_domains(self) -> tuple[str, ...]:
        """Return the domains in their normal form."""
        return _clean_domains(self.cleaned_data["allowed_domains"])

    def clean_denied_domains(self) -> tuple[str, ...]:
        """Return the domains in their normal form."""
        return _clean_domains(self.cleaned_data["denied_domains"])

    def clean_max_upload_bytes(self) -> int:
        """Return the size, which is no larger than the web server's."""
        size = int(self.cleaned_data["max_upload_bytes"])
        most = max(1, settings.MAX_UPLOAD_BYTES // MEGABYTE)
        if size > most:
            raise forms.ValidationError(_("Enter a number up to %(most)d.") % {"most": most})
        return size


def _in_gigabytes(size: int | None) -> str:
    """Return the size as its field shows it, "" for none."""
    return "" if size is None else f"{size / GIGABYTE:.3f}".rstrip("0").rstrip(".")


def _is_same_number(typed: Decimal | int | None, shown: object) -> bool:
    """Return whether a field holds what it showed."""
    if typed is None or shown == "":
        return typed is None and shown == ""
    return Decimal(typed) == Decimal(str(shown))


def _clean_domains(text: str) -> tuple[str, ...]:
    """Return the domains of a text's lines, sorted and once each. Raises ``ValidationError``."""
    found = set()
    for line in text.replace(",", "\n").splitlines():
        if line.strip():
            try:
                found.add(domains.normalize_domain(line))
            except ValueError:
                sentence = _("“%(line)s” isn't a domain. Enter one like example.org.")
                raise forms.ValidationError(sentence % {"line": line.strip()[:80]}) from None
    if len(found) > MAX_DOMAINS:
        raise forms.ValidationError(_("Enter up to %(most)d domains.") % {"most": MAX_DOMAINS})
    return tuple(sorted(found))


register(
    Section(
        "registration",
        gettext_lazy("Registration"),
        RegistrationSettings,
        form=RegistrationForm,
        summary=gettext_lazy("Who can sign up, see the site, and upload."),
        template="registration/section.html",
        order=30,
    )
)
