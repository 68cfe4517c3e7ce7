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
from streamsite.api.conditional import respond
from streamsite.api.pagination import PAGING, paginate
from streamsite.rate_limits import PLAYBACK
from streamsite.sanitize import clean_line
from videos import access, mappers
from videos import serializers as shapes
from videos.api import heartbeat
from videos.playback import history
from videos.reactions import services


class PlaybackView(APIView):
    """What a player says while it plays."""

    permission_classes = [AllowAny]
    throttle_limit = PLAYBACK

    @extend_schema(
        operation_id="videos_playback",
        request=shapes.BeatSerializer,
        responses={200: shapes.BeatAnswerSerializer},
    )
    def post(self, request: Request, video_id: str) -> Response:
        visit = access.visit(request._request, video_id)
        return no_store(Response(heartbeat.beat(request._request, visit.video, request.data)))


class ReactionView(APIView):
    """The caller's reaction to a video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="videos_react",
        request=shapes.ReactionInputSerializer,
        responses={200: shapes.ReactionSerializer},
    )
    def put(self, request: Request, video_id: str) -> Response:
        video = access.visit(request._request, video_id).video
        data: Any = request.data
        likes = services.react(signed_in_user(request), video, data.get("value"))
        return no_store(Response({"reaction": data["value"], "likes": likes}))

    @extend_schema(operation_id="videos_unreact", request=None, responses={200: shapes.ReactionSerializer})
    def delete(self, request: Request, video_id: str) -> Response:
        video = access.visit(request._request, video_id).video
        likes = services.withdraw(signed_in_user(request), video)
        return no_store(Response({"reaction": None, "likes": likes}))


class LikesView(APIView):
    """What the caller likes, the latest first. What they may not open any more is left out."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_likes", parameters=PAGING, responses={200: shapes.PageOfCardsSerializer})
    def get(self, request: Request) -> Response:
        page = paginate(request, services.liked(signed_in_user(request).pk), services.RECENT)
        return respond(
            request, access.only_watchable(request.user, page).body(lambda row: mappers.card(row.video))
        )


class HistoryView(APIView):
    """What the caller watched, the latest first. What they may not open any more is left out."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_history",
        parameters=[*PAGING, OpenApiParameter("q", str, description="Words of the title.")],
        responses={200: shapes.PageOfWatchedSerializer},
    )
    def get(self, request: Request) -> Response:
        words = clean_line(request.GET.get("q", ""))[:100]
        page = paginate(request, history.of_user(signed_in_user(request).pk, words), history.RECENT)
        return respond(request, access.only_watchable(request.user, page).body(mappers.watched))

    @extend_schema(operation_id="me_history_clear", responses={204: OpenApiResponse(description="Empty now")})
    def delete(self, request: Request) -> Response:
        history.clear(signed_in_user(request).pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class HistoryEntryView(APIView):
    """One video of the caller's history."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_history_forget", responses={204: OpenApiResponse(description="Not there")}
    )
    def delete(self, request: Request, video_id: str) -> Response:
        history.forget(signed_in_user(request).pk, video_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
