"""Input of exports and imports."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class ExportCreateSerializer(InputSerializer):
    """What an archive is to contain."""

    with_media = serializers.BooleanField(
        required=False, default=True, help_text="Whether to include the files of the videos."
    )
