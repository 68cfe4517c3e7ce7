"""Input: caption tracks and transcripts."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import (
    CleanLineField,
    QueryTextField,
    StrictCharField,
    StrictChoiceField,
    StrictFloatField,
)
from streamsite.api.inputs import InputSerializer, QuerySerializer
from videos.captions.services import MAX_LABEL
from videos.captions.webvtt import ENCODINGS
from videos.models.caption import CaptionKind


class CaptionDescriptionSerializer(InputSerializer):
    """The description of a caption track; ``captions.services`` validates language and label."""

    language = StrictCharField(max_length=12, allow_blank=True)
    label = CleanLineField(  # type: ignore[assignment]
        max_length=MAX_LABEL, required=False, allow_blank=True, allow_null=True
    )
    kind = StrictChoiceField(choices=CaptionKind.choices, required=False, allow_blank=True, allow_null=True)


class CaptionUploadSerializer(CaptionDescriptionSerializer):
    """A caption track as a file."""

    file = serializers.FileField(
        help_text="WebVTT, SubRip, ASS/SSA, SBV, or TTML/DFXP, up to 2 MB.", allow_empty_file=True
    )
    encoding = StrictCharField(
        required=False,
        allow_blank=True,
        help_text=f"Detected by default: {', '.join(ENCODINGS)}, or an alias.",
    )


class CueSerializer(InputSerializer):
    """A caption text with its start and end in seconds."""

    start = StrictFloatField()
    end = StrictFloatField()
    text = StrictCharField()


class CaptionTextSerializer(CaptionDescriptionSerializer):
    """A caption track as text or as cues."""

    text = StrictCharField(
        required=False, allow_blank=True, trim_whitespace=False, help_text="The content of a caption file."
    )
    cues = CueSerializer(many=True, required=False)


class CuesField(serializers.Field[object, object, object, object]):
    """Cues as they were sent: ``webvtt.from_rows`` checks thousands of them and names the wrong one."""

    def to_internal_value(self, data: object) -> object:
        """Return the cues unchanged."""
        return data


class CaptionSerializer(CaptionDescriptionSerializer):
    """A caption track as a file, as text or as cues, whichever was sent."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    encoding = StrictCharField(required=False, allow_blank=True, allow_null=True, default="")
    text = StrictCharField(required=False, allow_blank=True, allow_null=True, trim_whitespace=False)
    cues = CuesField(required=False, allow_null=True)


class TranscriptQuerySerializer(QuerySerializer):
    """Parameters of a transcript."""

    q = QueryTextField(200, help_text="Only cues that contain all of these words.")
    language = QueryTextField(20, help_text="The track in this language.")
    track = QueryTextField(20, help_text="The ID of a caption track, instead of `language`.")
