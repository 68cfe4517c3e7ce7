"""Forms of the video pages. The rules are those of ``services``; forms only ask and show."""

from __future__ import annotations

from typing import Any

from django import forms

from streamsite.visibility import Visibility
from videos.models import CATEGORIES, Video


class VideoForm(forms.Form):
    """What an owner may change."""

    title = forms.CharField(max_length=120)
    description = forms.CharField(max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6}))
    tags = forms.CharField(max_length=900, required=False, help_text="Separated by commas, at most 20.")
    category = forms.ChoiceField(choices=CATEGORIES)
    language = forms.CharField(max_length=12, required=False, help_text="A language tag such as en or pt-BR.")
    visibility = forms.ChoiceField(choices=Visibility.choices, widget=forms.RadioSelect)
    allow_comments = forms.BooleanField(required=False, label="Allow comments")
    allow_embed = forms.BooleanField(required=False, label="Allow embedding on other sites")

    @classmethod
    def of(cls, video: Video) -> VideoForm:
        """The form filled with the video's present values."""
        initial: dict[str, Any] = {name: getattr(video, name) for name in cls.base_fields}
        initial["tags"] = ", ".join(video.tags)
        return cls(initial=initial)


class UploadForm(forms.Form):
    """An upload without JavaScript."""

    file = forms.FileField(allow_empty_file=True)
    title = forms.CharField(max_length=120, required=False)
    visibility = forms.ChoiceField(choices=Visibility.choices, initial=Visibility.PRIVATE)
