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
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from videos import access, mappers
from videos.schemas.videos import StudioVideoDict
from videos.studio import bulk_actions, csv_export, date_ranges, reports, videos_table
from videos.studio.schemas import BulkResultDict, ChannelStatisticsDict, VideoStatisticsDict
from videos.studio.serializers import BulkSerializer
from videos.syndication import urls

RANGE_PARAMETER = OpenApiParameter(
    "range",
    str,
    enum=list(date_ranges.RANGES),
    description=f"Days until today; {date_ranges.DEFAULT} unless said otherwise.",
)
CSV_RESPONSE = {(200, "text/csv"): OpenApiTypes.STR}


def _table_parameter(among: Any) -> OpenApiParameter:
    return OpenApiParameter(
        "table", str, enum=list(among), description="Which table; the days unless said otherwise."
    )


class StatsView(APIView):
    """Figures of the caller's channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_stats",
        parameters=[RANGE_PARAMETER],
        responses={200: described(ChannelStatisticsDict)},
    )
    def get(self, request: Request) -> Response:
        user, period = signed_in_user(request), date_ranges.parse_period(request.GET)
        return no_store(Response(reports.build_channel_report(user.pk, period)))


class StatsFileView(APIView):
    """The same as a table."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_stats_file",
        parameters=[RANGE_PARAMETER, _table_parameter(csv_export.CHANNEL_TABLES)],
        responses=CSV_RESPONSE,
    )
    def get(self, request: Request) -> HttpResponse:
        user, period = signed_in_user(request), date_ranges.parse_period(request.GET)
        name = csv_export.parse_table_name(request.GET, csv_export.CHANNEL_TABLES)
        found = reports.build_channel_report(user.pk, period, top=csv_export.MAX_VIDEOS)
        for row in found["top_videos"] or []:
            row["video"]["url"] = urls.absolute_url(row["video"]["url"])
        filename = f"{user.username}-{name}-{period.first}-{period.last}.csv"
        return csv_export.csv_response(csv_export.CHANNEL_TABLES[name](found), filename)


class VideoStatsView(APIView):
    """Figures of one of the caller's videos."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_video_stats",
        parameters=[RANGE_PARAMETER],
        responses={200: described(VideoStatisticsDict)},
    )
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        return no_store(Response(reports.build_video_report(video, date_ranges.parse_period(request.GET))))


class VideoStatsFileView(APIView):
    """The same as a table."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_video_stats_file",
        parameters=[RANGE_PARAMETER, _table_parameter(csv_export.VIDEO_TABLES)],
        responses=CSV_RESPONSE,
    )
    def get(self, request: Request, video_id: str) -> HttpResponse:
        video = access.video_for_editing(request.user, video_id)
        period, name = (
            date_ranges.parse_period(request.GET),
            csv_export.parse_table_name(request.GET, csv_export.VIDEO_TABLES),
        )
        found = reports.build_video_report(video, period)
        filename = f"video-{video.pk}-{name}-{period.first}-{period.last}.csv"
        return csv_export.csv_response(csv_export.VIDEO_TABLES[name](found), filename)


class StudioVideosView(APIView):
    """The caller's videos in every state, with what was counted."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_videos",
        parameters=[
            *PAGINATION_PARAMETERS,
            OpenApiParameter("q", str, description="Words from the title, or parts of words, in any order."),
            *(OpenApiParameter(name, str, enum=list(among)) for name, among in videos_table.FILTERS.items()),
            OpenApiParameter("sort", str, enum=list(videos_table.SORTS)),
        ],
        responses={200: described(PageDict[StudioVideoDict])},
    )
    def get(self, request: Request) -> Response:
        page = videos_table.own_videos_page(
            request, signed_in_user(request).pk, videos_table.parse_filters(request.GET)
        )
        return no_store(Response(page.body(mappers.serialize_studio_video)))


class BulkView(APIView):
    """One change for many videos."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_videos_bulk",
        request=BulkSerializer,
        responses={200: described(BulkResultDict)},
    )
    def post(self, request: Request) -> Response:
        sent: Any = request.data
        outcomes = bulk_actions.apply_action(
            signed_in_user(request), sent.get("video_ids"), sent.get("action"), sent.get("value")
        )
        counts = {
            word: sum(one.outcome == word for one in outcomes)
            for word in (bulk_actions.CHANGED, bulk_actions.UNCHANGED, bulk_actions.REFUSED)
        }
        return no_store(Response(counts | {"results": [asdict(one) for one in outcomes]}))
