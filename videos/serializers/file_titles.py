"""Input: names of files."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class FileNamesSerializer(InputSerializer):
    """Names of files that are to be uploaded."""

    filenames = serializers.ListField(child=serializers.CharField(), max_length=100)
