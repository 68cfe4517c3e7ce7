"""Forms of the playlist pages."""

from __future__ import annotations

from django import forms

from streamsite.visibility import Visibility


class NewPlaylistForm(forms.Form):
    """A playlist's title, description and visibility."""

    title = forms.CharField(max_length=150)
    description = forms.CharField(max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    visibility = forms.ChoiceField(
        choices=Visibility.choices, initial=Visibility.PRIVATE, widget=forms.RadioSelect
    )


class PlaylistForm(NewPlaylistForm):
    """The details of a playlist that can be changed later."""

    allow_duplicates = forms.BooleanField(
        required=False,
        label="A video may be in it more than once",
        help_text="Otherwise adding a video a second time is refused.",
    )
