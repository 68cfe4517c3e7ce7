"""Input of the studio's endpoints."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import QueryTextField, StrictCharField, StrictChoiceField
from streamsite.api.inputs import InputSerializer, QuerySerializer
from streamsite.visibility import Visibility
from videos.models import CATEGORIES, Status
from videos.studio.bulk_actions import MAX_VIDEOS
from videos.studio.csv_export import CHANNEL_TABLES, DAYS, VIDEO_TABLES
from videos.studio.date_ranges import DEFAULT, RANGES
from videos.studio.videos_table import SORTS


class RangeQuerySerializer(QuerySerializer):
    """Parameters of statistics."""

    range = StrictChoiceField(
        choices=list(RANGES),
        required=False,
        default=DEFAULT,
        help_text=f"Days until today. Defaults to {DEFAULT}.",
    )


class ChannelFileQuerySerializer(RangeQuerySerializer):
    """Parameters of a channel's statistics as a file."""

    table = StrictChoiceField(choices=list(CHANNEL_TABLES), required=False, default=DAYS)


class VideoFileQuerySerializer(RangeQuerySerializer):
    """Parameters of a video's statistics as a file."""

    table = StrictChoiceField(choices=list(VIDEO_TABLES), required=False, default=DAYS)


class StudioVideosQuerySerializer(QuerySerializer):
    """Parameters of the studio's list of videos."""

    q = QueryTextField(1_000, help_text="Words from the title, or parts of words, in any order.")
    visibility = StrictChoiceField(choices=Visibility.values, required=False)
    status = StrictChoiceField(choices=Status.values, required=False)
    category = StrictChoiceField(choices=[key for key, _ in CATEGORIES], required=False)
    sort = StrictChoiceField(choices=list(SORTS), required=False)


class BulkSerializer(InputSerializer):
    """One change for many videos."""

    video_ids = serializers.ListField(
        child=StrictCharField(allow_blank=True), min_length=1, help_text=f"1 to {MAX_VIDEOS} ids."
    )
    action = StrictCharField(help_text="visibility, category, playlist or delete.")
    value = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        default=None,
        help_text="The visibility, the category, or the ID of one of your playlists.",
    )
