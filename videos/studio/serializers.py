"""Shapes of the studio's endpoints, for checking what is sent and for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from videos.models import CATEGORIES
from videos.playback.heartbeats import SOURCES
from videos.serializers import CardSerializer, FailureSerializer
from videos.studio.bulk_actions import CHANGED, MAX_VIDEOS, REFUSED, UNCHANGED
from videos.studio.date_ranges import RANGES
from videos.studio.reports import VERDICT_MEANINGS


class CountedSerializer(serializers.Serializer[Any]):
    """What was counted."""

    views = serializers.IntegerField()
    watch_seconds = serializers.FloatField()
    likes = serializers.IntegerField(help_text="Given, less those taken back.")
    dislikes = serializers.IntegerField()
    comments = serializers.IntegerField(help_text="Written, less those deleted.")
    subscribers_gained = serializers.IntegerField()
    subscribers_lost = serializers.IntegerField()


class TotalsSerializer(CountedSerializer):
    """Sums and averages of a period."""

    average_seconds = serializers.FloatField(allow_null=True, help_text="Of one viewing.")
    average_percentage = serializers.FloatField(
        allow_null=True, help_text="0 to 100; more when parts are seen again."
    )


class PreviousSerializer(TotalsSerializer):
    """The period of the same length before."""

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), "to": serializers.DateField()} | super().get_fields()


class DaySerializer(CountedSerializer):
    """One day, UTC."""

    day = serializers.DateField()


class SourceSerializer(serializers.Serializer[Any]):
    """Counted views by what led to the video."""

    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]
    views = serializers.IntegerField()
    share = serializers.FloatField()


class VerdictSerializer(serializers.Serializer[Any]):
    """How many were decided so, and what it means."""

    verdict = serializers.ChoiceField(choices=list(VERDICT_MEANINGS))
    count = serializers.IntegerField()
    means = serializers.CharField()


class TopVideoSerializer(serializers.Serializer[Any]):
    """A video and what it had in the period."""

    video = CardSerializer()
    views = serializers.IntegerField()
    watch_seconds = serializers.FloatField()


class ReportSerializer(serializers.Serializer[Any]):
    """What the figures of a channel and of a video share."""

    range = serializers.ChoiceField(choices=list(RANGES))
    to = serializers.DateField()
    as_of = serializers.DateTimeField()
    totals = TotalsSerializer()
    average_seconds = serializers.FloatField(allow_null=True)
    average_percentage = serializers.FloatField(allow_null=True)
    previous = PreviousSerializer()
    days = DaySerializer(many=True)
    sources = SourceSerializer(many=True)
    decided = VerdictSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": serializers.DateField()}


class ChannelReportSerializer(ReportSerializer):
    """Figures of the caller's channel."""

    top_videos = TopVideoSerializer(many=True, allow_null=True)


class RetentionSerializer(serializers.Serializer[Any]):
    """How much of the audience saw the part that begins there."""

    at = serializers.FloatField(help_text="Seconds.")
    share = serializers.FloatField(min_value=0, max_value=1)


class VideoReportSerializer(ReportSerializer):
    """Figures of one video."""

    video = CardSerializer()
    retention = RetentionSerializer(many=True)


class OwnVideoSerializer(CardSerializer):
    """A video in its owner's table."""

    category = serializers.ChoiceField(choices=CATEGORIES)
    failure = FailureSerializer(allow_null=True)
    publish_at = serializers.DateTimeField(allow_null=True)
    is_taken_down = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class PageOfOwnVideosSerializer(serializers.Serializer[Any]):
    """A page of the caller's videos."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OwnVideoSerializer(many=True)


class BulkSerializer(serializers.Serializer[Any]):
    """One change for many videos."""

    video_ids = serializers.ListField(child=serializers.CharField(), min_length=1, max_length=MAX_VIDEOS)
    action = serializers.CharField(help_text="visibility, category, playlist or delete.")
    value = serializers.CharField(
        required=False, help_text="The visibility, the category, or the id of a playlist of yours."
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of one video."""

    video_id = serializers.CharField()
    outcome = serializers.ChoiceField(choices=[CHANGED, UNCHANGED, REFUSED])
    code = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class BulkAnswerSerializer(serializers.Serializer[Any]):
    """How many were changed, and what became of each."""

    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = OutcomeSerializer(many=True)
