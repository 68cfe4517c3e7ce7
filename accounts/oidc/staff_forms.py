"""The form of an identity provider on the staff's page."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite.oidc_provider import OidcProvider
from streamsite.outbound import OutboundRefused, check_url
from streamsite.outbound_hosts import parse_url

GIGABYTE = 10**9
MAX_GROUPS = 50
QUOTA = re.compile(r"(?P<group>.+?)\s*=\s*(?P<size>[0-9]{1,6})")


class ProviderForm(forms.Form):
    """An identity provider. The secret is written and never shown."""

    name = forms.SlugField(
        label=gettext_lazy("Name in addresses"),
        max_length=32,
        help_text=gettext_lazy("Part of the redirect URI. It can't be changed later."),
    )
    label = forms.CharField(label=gettext_lazy("Name on pages"), max_length=60)
    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        max_length=500,
        help_text=gettext_lazy(
            "Exactly as the provider has it, such as https://login.example.org/realms/main"
        ),
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=500)
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=1_000,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Stored encrypted and never shown. Leave empty to keep the present one."),
    )
    scopes = forms.CharField(label=gettext_lazy("Scopes"), max_length=500, initial="openid profile email")
    may_sign_up = forms.BooleanField(
        label=gettext_lazy("Unknown people may get an account"),
        required=False,
        initial=True,
        help_text=gettext_lazy("As the sign-up mode allows."),
    )
    trusts_email = forms.BooleanField(
        label=gettext_lazy("Email addresses that it has verified count as verified"), required=False
    )
    groups_claim = forms.CharField(label=gettext_lazy("Groups claim"), max_length=100, initial="groups")
    staff_groups = forms.CharField(
        label=gettext_lazy("Groups of staff"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("One per line. Leave empty to leave staff status as it is."),
    )
    quotas = forms.CharField(
        label=gettext_lazy("Storage by group (GB)"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("One per line, such as editors=50. 0 for no limit."),
    )
    offers_logout = forms.BooleanField(
        label=gettext_lazy("Offer to sign out there as well"), required=False, initial=True
    )

    def clean_issuer(self) -> str:
        """Return the issuer: https, or a host that the operator's settings name."""
        issuer = str(self.cleaned_data["issuer"])
        try:
            check_url(issuer)
            is_https = parse_url(issuer).scheme == "https"
        except OutboundRefused as error:
            raise forms.ValidationError(
                _("This address isn't allowed: %(reason)s") % {"reason": error}
            ) from None
        if "?" in issuer or not (is_https or _is_named(issuer)):
            raise forms.ValidationError(_("Use an https address."))
        return issuer

    def clean_scopes(self) -> list[str]:
        """Return the scopes, which include ``openid``."""
        found = str(self.cleaned_data["scopes"]).split()
        if "openid" not in found:
            raise forms.ValidationError(_("“openid” must be one of the scopes."))
        return found

    def clean_staff_groups(self) -> list[str]:
        """Return the groups of the lines."""
        return _lines(str(self.cleaned_data["staff_groups"]))

    def clean_quotas(self) -> dict[str, int]:
        """Return bytes by group."""
        found = {}
        for line in _lines(str(self.cleaned_data["quotas"])):
            parts = QUOTA.fullmatch(line)
            if parts is None:
                raise forms.ValidationError(_("Use lines such as editors=50."))
            found[parts["group"]] = int(parts["size"]) * GIGABYTE
        return found


def values_of(provider: OidcProvider) -> dict[str, object]:
    """Return what the form shows of a provider: everything but the secret."""
    return {
        "name": provider.id,
        "label": provider.label,
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "scopes": " ".join(provider.scopes),
        "may_sign_up": provider.may_sign_up,
        "trusts_email": provider.trusts_email,
        "groups_claim": provider.groups_claim,
        "staff_groups": "\n".join(provider.staff_groups),
        "quotas": "\n".join(f"{group}={size // GIGABYTE}" for group, size in provider.quotas.items()),
        "offers_logout": provider.offers_logout,
    }


def _is_named(issuer: str) -> bool:
    from django.conf import settings

    target = parse_url(issuer)
    return any(one.allows(target.host, target.port) for one in settings.OUTBOUND_PRIVATE_HOSTS)


def _lines(text: str) -> list[str]:
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MAX_GROUPS:
        raise forms.ValidationError(_("Enter up to %(most)d lines.") % {"most": MAX_GROUPS})
    return found
