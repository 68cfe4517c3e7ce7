"""Input of exports and imports."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer, QuerySerializer
from takeout.formats import KINDS
from takeout.imports.report import FILES
from takeout.imports.sources import NAMES


class ExportCreateSerializer(InputSerializer):
    """What an archive is to contain."""

    with_media = serializers.BooleanField(
        required=False, default=True, help_text="Whether to include the files of the videos."
    )


class ImportCreateSerializer(InputSerializer):
    """``POST /me/import``: an archive as ``file``, or the id of a finished partial upload (tus) as ``upload``."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    upload = StrictCharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=16,
        help_text="The id of a finished upload with `Upload-Concat: partial`, instead of `file`.",
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=list(NAMES), help_text="The program that wrote the archive."
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Report what would come over, and change nothing."
    )


class RowsQuerySerializer(QuerySerializer):
    """``GET /me/import/{id}/rows``."""

    kind = serializers.ChoiceField(
        choices=[*KINDS, FILES], required=False, help_text="Only rows about objects of this kind."
    )
