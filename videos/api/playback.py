"""What viewers leave behind: heartbeats, history, reactions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.rate_limits import PLAYBACK
from streamsite.sanitize import clean_line
from videos import access, mappers
from videos.api import heartbeat
from videos.playback import history, history_store
from videos.reactions import services
from videos.schemas.cards import CardDict, HistoryEntryDict
from videos.schemas.playback import HeartbeatResultDict
from videos.schemas.videos import ReactionDict
from videos.serializers.playback import HeartbeatSerializer
from videos.serializers.reactions import ReactionInputSerializer


class PlaybackView(APIView):
    """What a player says while it plays."""

    permission_classes = [AllowAny]
    throttle_limit = PLAYBACK

    @extend_schema(
        operation_id="videos_playback",
        request=HeartbeatSerializer,
        responses={200: described(HeartbeatResultDict)},
    )
    def post(self, request: Request, video_id: str) -> Response:
        visit = access.get_watchable(request._request, video_id)
        return no_store(Response(heartbeat.record_heartbeat(request._request, visit.video, request.data)))


class ReactionView(APIView):
    """The caller's reaction to a video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="videos_react",
        request=ReactionInputSerializer,
        responses={200: described(ReactionDict)},
    )
    def put(self, request: Request, video_id: str) -> Response:
        video = access.get_watchable(request._request, video_id).video
        data: Any = request.data
        likes = services.react(signed_in_user(request), video, data.get("value"))
        return no_store(Response({"reaction": data["value"], "likes": likes}))

    @extend_schema(operation_id="videos_unreact", request=None, responses={200: described(ReactionDict)})
    def delete(self, request: Request, video_id: str) -> Response:
        video = access.get_watchable(request._request, video_id).video
        likes = services.withdraw(signed_in_user(request), video)
        return no_store(Response({"reaction": None, "likes": likes}))


class LikesView(APIView):
    """What the caller likes, the latest first. What they may not open any more is left out."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_likes",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CardDict])},
    )
    def get(self, request: Request) -> Response:
        page = paginate(request, services.likes_of_user(signed_in_user(request).pk), services.RECENT)
        return conditional_response(
            request,
            access.filter_watchable(request.user, page).body(lambda row: mappers.serialize_card(row.video)),
        )


class HistoryView(APIView):
    """What the caller watched, the latest first. What they may not open any more is left out."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_history",
        parameters=[*PAGINATION_PARAMETERS, OpenApiParameter("q", str, description="Words of the title.")],
        responses={200: described(PageDict[HistoryEntryDict])},
    )
    def get(self, request: Request) -> Response:
        words = clean_line(request.GET.get("q", ""))[:100]
        page = paginate(request, history.history_of_user(signed_in_user(request).pk, words), history.RECENT)
        return conditional_response(
            request, access.filter_watchable(request.user, page).body(mappers.serialize_history_entry)
        )

    @extend_schema(operation_id="me_history_clear", responses={204: OpenApiResponse(description="Empty now")})
    def delete(self, request: Request) -> Response:
        history_store.clear_history(signed_in_user(request).pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class HistoryEntryView(APIView):
    """One video of the caller's history."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_history_forget", responses={204: OpenApiResponse(description="Not there")}
    )
    def delete(self, request: Request, video_id: str) -> Response:
        history_store.delete_entry(signed_in_user(request).pk, video_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
