"""Forms of the playlist pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from streamsite.visibility import Visibility


class NewPlaylistForm(forms.Form):
    """A playlist's title, description and visibility."""

    title = forms.CharField(label=_("Title"), max_length=150)
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    visibility = forms.ChoiceField(
        label=_("Visibility"),
        choices=Visibility.choices,
        initial=Visibility.PRIVATE,
        widget=forms.RadioSelect,
    )


class PlaylistForm(NewPlaylistForm):
    """The details of a playlist that can be changed later."""

    allow_duplicates = forms.BooleanField(
        required=False,
        label=_("Allow duplicate videos"),
    )
