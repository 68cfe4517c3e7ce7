"""Input: avatar and cover images."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class ImageUploadSerializer(InputSerializer):
    """``PUT /me/avatar`` and ``/me/cover``: a form with one file."""

    file = serializers.FileField()
