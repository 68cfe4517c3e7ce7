"""Input: a video's metadata, and uploads of small files."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from streamsite.visibility import Visibility
from videos.models import CATEGORIES


class ChapterSerializer(InputSerializer):
    """Where a part of the video begins, in seconds."""

    start = serializers.FloatField()
    title = serializers.CharField(max_length=100)


class MetadataSerializer(InputSerializer):
    """Fields that an owner may write; ``null`` clears optional ones. The rules are in ``videos.metadata``."""

    title = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, allow_null=True)
    category = serializers.ChoiceField(choices=CATEGORIES, required=False, allow_null=True)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True, allow_null=True)
    originally_published_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="When it was first published elsewhere, 1800-01-01 to today; null if not set.",
    )
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    allow_comments = serializers.BooleanField(required=False)
    allow_embed = serializers.BooleanField(required=False)
    embed_domains = serializers.ListField(
        child=serializers.CharField(max_length=253),
        required=False,
        allow_null=True,
        max_length=20,
        help_text="Hosts that may embed the video, such as example.org or *.example.org; empty: all.",
    )
    allow_download = serializers.BooleanField(required=False)
    normalise_loudness = serializers.BooleanField(required=False)
    publish_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When the visibility changes. null cancels the schedule; so does visibility without publish_at.",
    )
    publish_visibility = serializers.ChoiceField(
        choices=Visibility.choices,
        required=False,
        allow_null=True,
        help_text="What it changes to; public unless told otherwise.",
    )
    chapters = serializers.ListField(
        child=ChapterSerializer(),
        required=False,
        allow_null=True,
        help_text="An empty list or null restores the description's chapters.",
    )


class UploadSerializer(MetadataSerializer):
    """``POST /videos``, multipart."""

    file = serializers.FileField()
