"""Forms of the pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from takeout.imports.sources import FOLDER, GOOGLE, PEERTUBE, STREAMSITE

SOURCES = (
    (STREAMSITE, _("Streamsite: an export from this site or another one")),
    (GOOGLE, _("Google Takeout: YouTube videos, playlists, subscriptions, history, and comments")),
    (PEERTUBE, _("PeerTube: an archive of your account")),
    (FOLDER, _("Videos with files from yt-dlp beside them (.info.json, .vtt, .jpg), as a ZIP file")),
)


class ImportForm(forms.Form):
    """An archive and where it is from."""

    source = forms.ChoiceField(
        label=_("Where is it from?"), choices=SOURCES, initial=STREAMSITE, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("ZIP file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
