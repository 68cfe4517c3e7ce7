"""Input: a video's metadata, and uploads of small files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from streamsite.api.fields import (
    CheckBoxField,
    CleanLineField,
    CleanTextField,
    ClearableDateTimeField,
    DayField,
    SplittableListField,
    StrictCharField,
    StrictChoiceField,
)
from streamsite.api.inputs import InputSerializer
from streamsite.licenses import License
from streamsite.visibility import Visibility
from videos.embed_allowlist import MAX_DOMAINS
from videos.models import CATEGORIES
from videos.serializers.chapters import ChapterSerializer


class MetadataSerializer(InputSerializer):
    """Fields that an owner may write; ``null`` clears optional ones. ``videos.metadata`` has the other rules."""

    title = CleanLineField(max_length=120, required=False, error_messages={"blank": _("Enter a title.")})
    description = CleanTextField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    tags = SplittableListField(
        child=StrictCharField(allow_blank=True),
        required=False,
        allow_null=True,
        help_text="Up to 40 characters each.",
    )
    category = StrictChoiceField(choices=CATEGORIES, required=False, allow_null=True)
    language = StrictCharField(
        max_length=12, required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )
    license = StrictChoiceField(choices=License.choices, required=False, allow_null=True)
    is_sensitive = CheckBoxField(required=False, help_text="Not suitable for everyone.")
    originally_published_on = DayField(
        required=False,
        allow_null=True,
        help_text="The date of first publication elsewhere, 1800-01-01 to today. null if not set.",
    )
    visibility = StrictChoiceField(choices=Visibility.choices, required=False)
    allow_comments = CheckBoxField(required=False)
    allow_embed = CheckBoxField(required=False)
    embed_domains = SplittableListField(
        child=StrictCharField(max_length=253, allow_blank=True),
        required=False,
        allow_null=True,
        max_length=MAX_DOMAINS,
        help_text="Hosts that can embed the video, such as example.org or *.example.org. Empty for all.",
    )
    allow_download = CheckBoxField(required=False)
    normalise_loudness = CheckBoxField(required=False)
    publish_at = ClearableDateTimeField(
        required=False,
        allow_null=True,
        help_text="When the visibility changes. null cancels the schedule, and so does visibility without publish_at.",
    )
    publish_visibility = StrictChoiceField(
        choices=Visibility.choices,
        required=False,
        allow_null=True,
        help_text="The visibility to change to. Defaults to public.",
    )
    chapters = serializers.ListField(
        child=ChapterSerializer(),
        required=False,
        allow_null=True,
        help_text="An empty list or null restores the description's chapters.",
    )


class UploadSerializer(MetadataSerializer):
    """``POST /videos``, multipart."""

    blank_is_absent = True

    file = serializers.FileField(allow_empty_file=True)
