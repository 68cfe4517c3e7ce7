"""Input: chapters."""

from __future__ import annotations

from streamsite.api.fields import CleanLineField, StrictCharField, StrictFloatField
from streamsite.api.inputs import InputSerializer


class ChapterSerializer(InputSerializer):
    """A chapter; ``start`` is in seconds."""

    start = StrictFloatField(min_value=0)
    title = CleanLineField(max_length=100)


class ChapterPreviewInputSerializer(InputSerializer):
    """A text that may list chapters; without one, the video's description."""

    description = StrictCharField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    lines = StrictCharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        help_text="Chapters in the format of the studio's editor.",
    )
