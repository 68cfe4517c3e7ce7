"""``/api/v1/studio/stats``: statistics of a channel and of its videos, as JSON and CSV."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.described import described
from videos import access
from videos.studio import csv_export, date_ranges, reports
from videos.studio.schemas import ChannelStatisticsDict, VideoStatisticsDict
from videos.studio.serializers import (
    ChannelFileQuerySerializer,
    RangeQuerySerializer,
    VideoFileQuerySerializer,
)
from videos.syndication import urls

CSV_RESPONSE = {(200, "text/csv"): OpenApiTypes.STR}


def _period(request: Request) -> date_ranges.Period:
    return date_ranges.get_period(RangeQuerySerializer.from_query(request)["range"])


class StatsView(APIView):
    """Statistics of the caller's channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_stats",
        parameters=[RangeQuerySerializer],
        responses={200: described(ChannelStatisticsDict)},
    )
    def get(self, request: Request) -> Response:
        """Read the statistics of the caller's channel."""
        user, period = signed_in_user(request), _period(request)
        return no_store(Response(reports.build_channel_report(user.pk, period)))


class StatsFileView(APIView):
    """Statistics of the caller's channel as CSV."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_stats_file",
        parameters=[ChannelFileQuerySerializer],
        responses=CSV_RESPONSE,
    )
    def get(self, request: Request) -> HttpResponse:
        """Download a table of the channel's statistics as CSV."""
        user, asked = signed_in_user(request), ChannelFileQuerySerializer.from_query(request)
        period, name = date_ranges.get_period(asked["range"]), asked["table"]
        found = reports.build_channel_report(user.pk, period, top=csv_export.MAX_VIDEOS)
        for row in found["top_videos"] or []:
            row["video"]["url"] = urls.absolute_url(row["video"]["url"])
        filename = f"{user.username}-{name}-{period.first}-{period.last}.csv"
        return csv_export.csv_response(csv_export.CHANNEL_TABLES[name](found), filename)


class VideoStatsView(APIView):
    """Statistics of a video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_video_stats",
        parameters=[RangeQuerySerializer],
        responses={200: described(VideoStatisticsDict)},
    )
    def get(self, request: Request, video_id: str) -> Response:
        """Read the statistics of a video."""
        video = access.video_for_editing(request.user, video_id)
        return no_store(Response(reports.build_video_report(video, _period(request))))


class VideoStatsFileView(APIView):
    """Statistics of a video as CSV."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_video_stats_file",
        parameters=[VideoFileQuerySerializer],
        responses=CSV_RESPONSE,
    )
    def get(self, request: Request, video_id: str) -> HttpResponse:
        """Download a table of a video's statistics as CSV."""
        video = access.video_for_editing(request.user, video_id)
        asked = VideoFileQuerySerializer.from_query(request)
        period, name = date_ranges.get_period(asked["range"]), asked["table"]
        found = reports.build_video_report(video, period)
        filename = f"video-{video.pk}-{name}-{period.first}-{period.last}.csv"
        return csv_export.csv_response(csv_export.VIDEO_TABLES[name](found), filename)
