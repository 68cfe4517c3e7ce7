"""Input: avatar and cover images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class ImageUploadSerializer(InputSerializer):
    """``PUT /me/avatar`` and ``/me/cover``: a form with one file, also as ``avatar`` or ``cover``."""

    file = serializers.FileField(allow_empty_file=True)

    def to_internal_value(self, data: object) -> Any:
        """Take ``avatar`` and ``cover`` for ``file``."""
        if isinstance(data, Mapping) and "file" not in data:
            other = next((data[name] for name in ("avatar", "cover") if name in data), None)
            data = {**data, "file": other} if other is not None else data
        return super().to_internal_value(data)
