"""The page of the site's mode at ``/admin/site/mode/``."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from streamsite.site_mode.state import Mode, SiteMode
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.sections import Section, register

MAX_MESSAGE = 300


class ModeForm(SectionForm):
    """The mode, what people are told, and until when."""

    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=Mode.choices,
        help_text=_(
            "Read-only: people can watch and search, and nothing can be changed. Maintenance: only staff can use the "
            "site. Workers finish running jobs and start no others."
        ),
    )
    message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=MAX_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown on every page, and to apps. Say why, in one or two sentences."),
    )
    until = forms.DateTimeField(
        label=_("Expected end"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. Shown with the message. The mode stays until you change it."),
    )


SECTION = Section(
    "mode",
    _("Mode"),
    SiteMode,
    form=ModeForm,
    summary=_("Make the site read-only, or close it for maintenance."),
    order=90,
)
register(SECTION)
