"""Chapters in the editor, as lines of a time and a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from streamsite.errors import SiteError
from streamsite.view_actions import attempt
from videos.chapters import description_parser, services

if TYPE_CHECKING:
    from videos.models import Video


class ChaptersForm(forms.Form):
    """The lines of the chapters that viewers see."""

    chapters = forms.CharField(
        required=False,
        strip=False,
        max_length=services.MAX_TEXT_LENGTH,
        label=_("One chapter per line: timestamp, then title"),
        help_text=_("Start with 0:00. Clear all lines to use the description's chapters."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "data-chapter-lines": ""}),
    )

    def __init__(self, video: Video, data: Any = None) -> None:
        self.video, self.known = video, services.get_chapters(video)
        super().__init__(data, initial={"chapters": services.format_chapters(self.known)})

    def clean_chapters(self) -> object:
        """Return the chapters of the lines; see ``services.parse_chapters``."""
        text = self.cleaned_data["chapters"]
        found = attempt(lambda: services.parse_chapters(text, known=self.known))
        if isinstance(found, SiteError):
            raise forms.ValidationError(found.sentence)
        return found

    def changes(self) -> dict[str, object]:
        """Return the chapters for ``services.update``, if lines were sent."""
        return {"chapters": self.cleaned_data["chapters"]} if "chapters" in self.data else {}

    @property
    def found(self) -> description_parser.ParsedChapters:
        """The chapters that viewers see, and without any why the description has none."""
        if self.is_bound and "chapters" in self.data:
            return services.preview_chapters(self.video, lines=str(self.data["chapters"]))
        found = services.preview_chapters(self.video)
        shown = services.chapters_within(self.known, self.video.duration)
        return description_parser.ParsedChapters(shown) if shown and shown != found.chapters else found
