"""``/api/v1/studio/videos``: the caller's videos, and bulk changes."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from videos import mappers
from videos.schemas.videos import StudioVideoDict
from videos.studio import bulk_actions, videos_table
from videos.studio.schemas import BulkResultDict
from videos.studio.serializers import (
    BulkSerializer,
    StudioVideosQuerySerializer,
)


class StudioVideosView(APIView):
    """The caller's videos in every state."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_videos",
        parameters=[
            *PAGINATION_PARAMETERS,
            StudioVideosQuerySerializer,
        ],
        responses={200: described(PageDict[StudioVideoDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's videos in every state."""
        page = videos_table.own_videos_page(
            request, signed_in_user(request).pk, StudioVideosQuerySerializer.from_query(request)
        )
        return no_store(Response(page.body(mappers.serialize_studio_video)))


class BulkView(APIView):
    """Bulk changes of videos."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_videos_bulk",
        request=BulkSerializer,
        responses={200: described(BulkResultDict)},
    )
    def post(self, request: Request) -> Response:
        """Change many videos at once."""
        sent = BulkSerializer.from_body(request)
        outcomes = bulk_actions.apply_action(signed_in_user(request), **sent)
        counts = {
            word: sum(one.outcome == word for one in outcomes)
            for word in (bulk_actions.CHANGED, bulk_actions.UNCHANGED, bulk_actions.REFUSED)
        }
        return no_store(Response(counts | {"results": [asdict(one) for one in outcomes]}))
