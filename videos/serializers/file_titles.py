"""Input: names of files."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class FileNamesSerializer(InputSerializer):
    """Names of files that are to be uploaded."""

    filenames = serializers.ListField(
        child=StrictCharField(allow_blank=True, trim_whitespace=False), max_length=100
    )
