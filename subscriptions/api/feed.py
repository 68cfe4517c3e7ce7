"""``/api/v1/me/feed``: videos of the subscribed channels."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from subscriptions import queries
from subscriptions import services as subscription_services
from subscriptions.notifications import services
from videos.schemas.cards import FeedCardDict


class FeedView(APIView):
    """Videos of the subscribed channels."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_feed",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[FeedCardDict])},
    )
    def get(self, request: Request) -> Response:
        """List the newest videos of the subscribed channels."""
        user = signed_in_user(request)
        return conditional_response(request, queries.feed_page(request, user))


class FeedSeenView(APIView):
    """The moment up to which the feed was seen."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_feed_seen", request=None, responses={204: OpenApiResponse(description="Noted")}
    )
    def post(self, request: Request) -> Response:
        """Mark the videos in the feed as seen."""
        services.mark_feed_seen(signed_in_user(request).pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class ChannelSeenView(APIView):
    """The moment up to which a subscribed channel was seen."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="channel_seen", request=None, responses={204: OpenApiResponse(description="Noted")}
    )
    def post(self, request: Request, username: str) -> Response:
        """Mark the channel's videos as seen in the caller's list of subscriptions."""
        subscription_services.mark_channel_seen(signed_in_user(request), channel_for_viewing(username))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
