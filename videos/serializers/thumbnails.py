"""Input: thumbnails."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class ThumbnailUploadSerializer(InputSerializer):
    """An own picture."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP or GIF, at most 10 MB; it is cut to 16:9.")


class ThumbnailChoiceSerializer(InputSerializer):
    """A frame of the video, or one of the automatic pictures."""

    at = serializers.FloatField(required=False, help_text="Seconds.")
    choice = serializers.IntegerField(required=False, help_text="1 to 3.")
