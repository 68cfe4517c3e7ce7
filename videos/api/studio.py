"""``/api/v1/studio``: figures for owners, as JSON and as files, and their videos as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.pagination import PAGING
from videos import access, mappers
from videos.studio import bulk, csv_export, date_ranges, report, serializers, videos_table
from videos.syndication import urls

RANGE = OpenApiParameter(
    "range",
    str,
    enum=list(date_ranges.RANGES),
    description=f"Days until today; {date_ranges.DEFAULT} unless said otherwise.",
)
CSV = {(200, "text/csv"): OpenApiTypes.STR}


def _table(among: Any) -> OpenApiParameter:
    return OpenApiParameter(
        "table", str, enum=list(among), description="Which table; the days unless said otherwise."
    )


class StatsView(APIView):
    """Figures of the caller's channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_stats", parameters=[RANGE], responses={200: serializers.ChannelReportSerializer}
    )
    def get(self, request: Request) -> Response:
        user, period = signed_in_user(request), date_ranges.asked(request.GET)
        return no_store(Response(report.of_channel(user.pk, period)))


class StatsFileView(APIView):
    """The same as a table."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_stats_file", parameters=[RANGE, _table(csv_export.OF_CHANNEL)], responses=CSV
    )
    def get(self, request: Request) -> HttpResponse:
        user, period = signed_in_user(request), date_ranges.asked(request.GET)
        name = csv_export.asked(request.GET, csv_export.OF_CHANNEL)
        found = report.of_channel(user.pk, period, top=csv_export.MOST_VIDEOS)
        for row in found["top_videos"] or []:
            row["video"]["url"] = urls.absolute(row["video"]["url"])
        filename = f"{user.username}-{name}-{period.first}-{period.last}.csv"
        return csv_export.answer(csv_export.OF_CHANNEL[name](found), filename)


class VideoStatsView(APIView):
    """Figures of one of the caller's videos."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_video_stats",
        parameters=[RANGE],
        responses={200: serializers.VideoReportSerializer},
    )
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        return no_store(Response(report.of_video(video, date_ranges.asked(request.GET))))


class VideoStatsFileView(APIView):
    """The same as a table."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_video_stats_file", parameters=[RANGE, _table(csv_export.OF_VIDEO)], responses=CSV
    )
    def get(self, request: Request, video_id: str) -> HttpResponse:
        video = access.video_for_editing(request.user, video_id)
        period, name = date_ranges.asked(request.GET), csv_export.asked(request.GET, csv_export.OF_VIDEO)
        found = report.of_video(video, period)
        filename = f"video-{video.pk}-{name}-{period.first}-{period.last}.csv"
        return csv_export.answer(csv_export.OF_VIDEO[name](found), filename)


class OwnVideosView(APIView):
    """The caller's videos in every state, with what was counted."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_videos",
        parameters=[
            *PAGING,
            OpenApiParameter("q", str, description="Words from the title, or parts of words, in any order."),
            *(OpenApiParameter(name, str, enum=list(among)) for name, among in videos_table.FILTERS.items()),
            OpenApiParameter("sort", str, enum=list(videos_table.SORTS)),
        ],
        responses={200: serializers.PageOfOwnVideosSerializer},
    )
    def get(self, request: Request) -> Response:
        page = videos_table.page(request, signed_in_user(request).pk, videos_table.asked(request.GET))
        return no_store(Response(page.body(mappers.managed)))


class BulkView(APIView):
    """One change for many videos."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_videos_bulk",
        request=serializers.BulkSerializer,
        responses={200: serializers.BulkAnswerSerializer},
    )
    def post(self, request: Request) -> Response:
        sent: Any = request.data
        outcomes = bulk.apply(
            signed_in_user(request), sent.get("video_ids"), sent.get("action"), sent.get("value")
        )
        counts = {
            word: sum(one.outcome == word for one in outcomes)
            for word in (bulk.CHANGED, bulk.UNCHANGED, bulk.REFUSED)
        }
        return no_store(Response(counts | {"results": [asdict(one) for one in outcomes]}))
