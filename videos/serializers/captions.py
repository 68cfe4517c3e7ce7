"""Input: caption tracks."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from videos.captions.webvtt import ENCODINGS
from videos.models.caption import CaptionKind


class CaptionDescriptionSerializer(InputSerializer):
    """What describes a text track."""

    language = serializers.CharField(max_length=12)
    label = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=CaptionKind.choices, required=False)


class CaptionUploadSerializer(CaptionDescriptionSerializer):
    """A text track as a file."""

    file = serializers.FileField(help_text="WebVTT, SubRip, ASS/SSA, SBV or TTML/DFXP, at most 2 MB.")
    encoding = serializers.ChoiceField(
        choices=list(ENCODINGS),
        required=False,
        help_text="Detected unless it is given; aliases are understood.",
    )


class CueSerializer(InputSerializer):
    """Seconds from which and until which a text is shown."""

    start = serializers.FloatField()
    end = serializers.FloatField()
    text = serializers.CharField()


class CaptionTextSerializer(CaptionDescriptionSerializer):
    """A text track as text or as cues."""

    text = serializers.CharField(required=False, help_text="The content of a caption file.")
    cues = CueSerializer(many=True, required=False)
