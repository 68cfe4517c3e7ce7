"""The form of the site's identity, and its registration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from streamsite.sanitize import clean_line, has_userinfo
from streamsite.site_settings import colors, images, services
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.identity import IMAGE_NAMES, FooterLink, Identity
from streamsite.site_settings.sections import Section, register

MAX_NAME, MAX_DESCRIPTION, MAX_HEADING, MAX_BANNER = 60, 300, 100, 300
MAX_LINKS, MAX_LABEL, MAX_URL = 8, 40, 500
SAFE_SCHEMES = ("https://", "http://", "mailto:")
FORBIDDEN_IN_URL = set("\\\"'<>` \t\r\n")


class ColorField(forms.CharField):
    """A color that text stays readable on and in; one that fails is refused with the nearest that does not."""

    widget = forms.TextInput(attrs={"type": "color"})

    def __init__(self, *, theme: colors.Theme, **options: Any) -> None:
        super().__init__(max_length=7, **options)
        self.theme = theme

    def clean(self, value: Any) -> str:
        """Return the color in lower case. Raises ``ValidationError``."""
        color = str(super().clean(value)).lower()
        if not colors.HEX.match(color):
            raise forms.ValidationError(_("Enter a color like #0b6a5b."))
        if not colors.passes(color, self.theme):
            raise forms.ValidationError(
                _(
                    "Text in this color, or on it, would be hard to read: its contrast is %(ratio)s to 1 and must be "
                    "at least 4.5 to 1. The nearest color that works is %(nearest)s."
                ),
                params={
                    "ratio": f"{colors.worst_contrast(color, self.theme):.1f}",
                    "nearest": colors.nearest_passing(color, self.theme),
                },
            )
        return color


class LinksWidget(forms.Widget):
    """Rows of a label and an address."""

    def render(
        self, name: str, value: object, attrs: dict[str, Any] | None = None, renderer: object = None
    ) -> SafeString:
        """Return the rows that are filled, and empty ones."""
        rows = [(link.label, link.url) if isinstance(link, FooterLink) else link for link in value or ()]  # type: ignore[attr-defined]
        rows += [("", "")] * (MAX_LINKS - len(rows))
        return render_to_string("site/_links.html", {"name": name, "rows": rows})

    def value_from_datadict(self, data: Any, files: object, name: str) -> list[tuple[str, str]]:
        """Return what was typed, row by row."""
        found = data if isinstance(data, MultiValueDict) else MultiValueDict()
        labels, urls = found.getlist(f"{name}-label"), found.getlist(f"{name}-url")
        return list(zip(labels, urls, strict=False))

    def use_required_attribute(self, initial: object) -> bool:
        """Return False: rows may be empty."""
        return False


class LinksField(forms.Field):
    """Links with addresses that lead to pages and mail programs only."""

    widget = LinksWidget

    def clean(self, value: Any) -> tuple[FooterLink, ...]:
        """Return the links. Raises ``ValidationError`` for an incomplete or unsafe one."""
        links = []
        for label, url in (value or [])[:MAX_LINKS]:
            label, url = clean_line(label), url.strip()
            if not label and not url:
                continue
            if not label or not url:
                raise forms.ValidationError(_("Enter both a label and a link."))
            if len(label) > MAX_LABEL or len(url) > MAX_URL:
                raise forms.ValidationError(_("This label or link is too long."))
            if not _is_safe(url):
                raise forms.ValidationError(
                    _("Enter a link that starts with https://, http://, mailto:, or a slash.")
                )
            links.append(FooterLink(label, url))
        return tuple(links)


def _is_safe(url: str) -> bool:
    if FORBIDDEN_IN_URL & set(url) or not url.isprintable() or has_userinfo(url):
        return False
    is_path = url.startswith("/") and not url.startswith("//")
    return is_path or url.lower().startswith(SAFE_SCHEMES)


def _image_field(label: Any, help_text: Any) -> forms.FileField:
    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"})
    return forms.FileField(label=label, help_text=help_text, required=False, widget=widget)


class IdentityForm(SectionForm):
    """The site's name, images, colors, announcement and links."""

    name = forms.CharField(
        label=_("Site name"),
        max_length=MAX_NAME,
        help_text=_("Shown in the header, page titles, and emails."),
    )
    description = forms.CharField(
        label=_("Short description"),
        required=False,
        max_length=MAX_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences for search engines and link previews."),
    )
    heading = forms.CharField(
        label=_("Home page heading"),
        required=False,
        max_length=MAX_HEADING,
        help_text=_("Leave empty for the standard heading."),
    )
    logo = _image_field(_("Logo"), _("Shown in the header instead of the standard mark and the name."))
    icon = _image_field(
        _("Icon"), _("Square, at least 512 pixels wide. Used for browser tabs and home screens.")
    )
    social = _image_field(
        _("Link preview image"),
        _("1200 × 630 pixels. Shown when the home page is shared elsewhere."),
    )
    accent_light = ColorField(theme=colors.LIGHT, label=_("Accent color, light theme"))
    accent_dark = ColorField(theme=colors.DARK, label=_("Accent color, dark theme"))
    banner_text = forms.CharField(
        label=_("Announcement"),
        required=False,
        max_length=MAX_BANNER,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown at the top of every page until a viewer dismisses it."),
    )
    banner_level = forms.ChoiceField(
        label=_("Announcement level"),
        choices=[("info", _("Information")), ("warning", _("Warning")), ("critical", _("Critical"))],
    )
    banner_until = forms.DateTimeField(
        label=_("Show the announcement until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave empty to show it until you remove it."),
    )
    footer_links = LinksField(label=_("Footer links"), required=False)

    def initial_values(self, values: Identity) -> dict[str, object]:
        """Return the values, without images: files cannot be filled in."""
        return {
            name: value for name, value in super().initial_values(values).items() if name not in IMAGE_NAMES
        }

    def changed_values(self) -> dict[str, object]:
        """Return the values, without images: ``save`` stores them."""
        return {name: value for name, value in super().changed_values().items() if name not in IMAGE_NAMES}

    def save(self) -> list[str]:
        """Store the images, then everything. Raises ``SiteError``."""
        given = {name: self.cleaned_data[name] for name in IMAGE_NAMES if self.cleaned_data[name]}
        if not given:
            return super().save()
        with images.stored(given) as folders:
            return services.save(self.section, self.changes() | folders, seen=self.cleaned_data["seen"])

    def preview_url(self, name: str) -> str:
        """Return the address of the present image of a field, "" when it has none."""
        identity: Identity = self.values
        urls = {"logo": identity.logo_url, "icon": identity.icon_url(180), "social": identity.social_url}
        return urls.get(name, "")


register(
    Section(
        "identity",
        _("Identity"),
        Identity,
        form=IdentityForm,
        summary=_("Your site's name, logo, colors, and announcement."),
        template="site/identity.html",
        order=10,
    )
)
