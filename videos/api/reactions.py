"""``/api/v1/videos/{id}/reaction`` and ``/api/v1/me/likes``."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from videos import access, mappers
from videos.brief_access import get_watchable_brief
from videos.reactions import services
from videos.schemas.cards import CardDict
from videos.schemas.videos import ReactionDict
from videos.serializers.reactions import ReactionInputSerializer


class ReactionView(APIView):
    """The caller's reaction to a video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="videos_react",
        request=ReactionInputSerializer,
        responses={200: described(ReactionDict)},
    )
    def put(self, request: Request, video_id: str) -> Response:
        """React to a video. Idempotent."""
        video = get_watchable_brief(request._request, video_id)
        value = ReactionInputSerializer.from_body(request)["value"]
        likes = services.react(signed_in_user(request), video, value)
        return no_store(Response({"reaction": value, "likes": likes}))

    @extend_schema(operation_id="videos_unreact", request=None, responses={200: described(ReactionDict)})
    def delete(self, request: Request, video_id: str) -> Response:
        """Remove the caller's reaction to a video. Idempotent."""
        video = get_watchable_brief(request._request, video_id)
        likes = services.withdraw(signed_in_user(request), video)
        return no_store(Response({"reaction": None, "likes": likes}))


class LikesView(APIView):
    """Videos that the caller likes."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_likes",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CardDict])},
    )
    def get(self, request: Request) -> Response:
        """List the liked videos, latest first, without those that the caller may not watch any more."""
        page = paginate(request, services.likes_of_user(signed_in_user(request).pk), services.RECENT)
        return conditional_response(
            request,
            access.filter_watchable(request.user, page).body(lambda row: mappers.serialize_card(row.video)),
        )
