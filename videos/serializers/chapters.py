"""Input: previews of chapters."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class ChapterPreviewInputSerializer(InputSerializer):
    """A text that may list chapters; without one, the video's description."""

    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    lines = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Chapters as the studio's editor takes them.",
    )
