"""``/api/v1/me/history``: the watch history."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.sanitize import clean_line
from videos import access, mappers
from videos.playback import history, history_store
from videos.schemas.cards import HistoryEntryDict
from videos.serializers.history import HistoryQuerySerializer


class HistoryView(APIView):
    """The caller's watch history."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_history",
        parameters=[*PAGINATION_PARAMETERS, HistoryQuerySerializer],
        responses={200: described(PageDict[HistoryEntryDict])},
    )
    def get(self, request: Request) -> Response:
        """List the watch history, latest first, without videos that the caller may not watch any more."""
        words = clean_line(HistoryQuerySerializer.from_query(request)["q"])[:100]
        page = paginate(request, history.history_of_user(signed_in_user(request).pk, words), history.RECENT)
        return conditional_response(
            request, access.filter_watchable(request.user, page).body(mappers.serialize_history_entry)
        )

    @extend_schema(
        operation_id="me_history_clear", responses={204: OpenApiResponse(description="History cleared")}
    )
    def delete(self, request: Request) -> Response:
        """Clear the watch history."""
        history_store.clear_history(signed_in_user(request).pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class HistoryEntryView(APIView):
    """One video of the watch history."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_history_forget", responses={204: OpenApiResponse(description="Not in the history")}
    )
    def delete(self, request: Request, video_id: str) -> Response:
        """Remove a video from the watch history. Idempotent."""
        history_store.delete_entry(signed_in_user(request).pk, video_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
