"""Input: thumbnails."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import serializers

from streamsite.api.fields import NumberField
from streamsite.api.inputs import InputSerializer


class ThumbnailUploadSerializer(InputSerializer):
    """An image to use as the thumbnail."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP, or GIF, up to 10 MB. Cropped to 16:9.")


class ThumbnailChoiceSerializer(InputSerializer):
    """A frame of the video, or one of the automatic thumbnails."""

    at = NumberField(required=False, allow_null=True, help_text="Seconds.")
    choice = serializers.IntegerField(required=False, allow_null=True, help_text="1 to 3.")


class ThumbnailSerializer(ThumbnailChoiceSerializer):
    """Any of the three; ``image`` and ``thumbnail`` are other names of ``file``."""

    blank_is_absent = True

    file = serializers.FileField(required=False, allow_empty_file=True)
    image = serializers.FileField(required=False, allow_empty_file=True)
    thumbnail = serializers.FileField(required=False, allow_empty_file=True)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """Return the one of ``file``, ``at`` and ``choice`` that counts."""
        for name in ("file", "image", "thumbnail"):
            if name in attrs:
                return {"file": attrs[name]}
        for name in ("at", "choice"):
            if attrs.get(name) is not None:
                return {name: attrs[name]}
        raise serializers.ValidationError(
            {"file": [_("Send an image as 'file', a time in seconds as 'at', or 'choice'.")]}
        )
