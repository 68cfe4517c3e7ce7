"""``/api/v1/me/not-interested`` and ``/api/v1/me/hidden-channels``: what is not recommended to the caller."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_unsubscribing, channel_for_viewing
from accounts.api.base import no_store, signed_in_user
from accounts.mappers import serialize_badge
from accounts.schemas import ChannelBadgeDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from videos import access, hidden, hidden_pages, mappers
from videos.schemas.cards import CardDict

DONE = {204: OpenApiResponse(description="Done")}


class NotInterestedListView(APIView):
    """The videos that the caller is not interested in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_not_interested",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CardDict])},
    )
    def get(self, request: Request) -> Response:
        """List the videos that are not recommended to the caller, latest first."""
        page = hidden_pages.videos_page(request, signed_in_user(request))
        return conditional_response(request, page.body(mappers.serialize_card))


class NotInterestedView(APIView):
    """One video that the caller is not interested in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_not_interested_put", request=None, responses=DONE)
    def put(self, request: Request, video_id: str) -> Response:
        """Recommend a video no more. Idempotent."""
        hidden.hide_video(signed_in_user(request), access.video_for_watching(request.user, video_id))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))

    @extend_schema(operation_id="me_not_interested_delete", responses=DONE)
    def delete(self, request: Request, video_id: str) -> Response:
        """Recommend a video again. Idempotent."""
        hidden.show_video(signed_in_user(request), video_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class HiddenChannelsView(APIView):
    """The channels that are not recommended to the caller."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_hidden_channels",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request) -> Response:
        """List the channels that are not recommended to the caller, latest first."""
        page = hidden_pages.channels_page(request, signed_in_user(request))
        return conditional_response(request, page.body(serialize_badge))


class HiddenChannelView(APIView):
    """One channel that is not recommended to the caller."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_hidden_channel_put", request=None, responses=DONE)
    def put(self, request: Request, username: str) -> Response:
        """Recommend a channel no more. Idempotent."""
        hidden.hide_channel(signed_in_user(request), channel_for_viewing(username))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))

    @extend_schema(operation_id="me_hidden_channel_delete", responses=DONE)
    def delete(self, request: Request, username: str) -> Response:
        """Recommend a channel again. Idempotent."""
        user = signed_in_user(request)
        channel = channel_for_unsubscribing(username, lambda other: hidden.is_channel_hidden(user, other.pk))
        hidden.show_channel(user, channel.pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
