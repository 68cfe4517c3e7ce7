"""The site's identity: its name and description."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.live import current
from streamsite.site_settings.sections import Section, register, setting

MAX_NAME, MAX_DESCRIPTION, MAX_HEADING = 60, 300, 100


@dataclass(frozen=True)
class Identity:
    """The names that the site goes by."""

    name: str = setting(lambda: settings.SITE_NAME, environment="SITE_NAME")
    description: str = setting(lambda: settings.SITE_DESCRIPTION, environment="SITE_DESCRIPTION")


def site_name() -> str:
    """Return the site's name."""
    return current(Identity).name


class IdentityForm(SectionForm):
    """The site's name and description."""

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


register(
    Section(
        "identity",
        _("Identity"),
        Identity,
        form=IdentityForm,
        summary=_("Your site's name, logo, and colors."),
        order=10,
    )
)
