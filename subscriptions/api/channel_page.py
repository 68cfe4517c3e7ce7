"""``/api/v1/channels/{username}/front`` and ``/api/v1/me/channel-page``: a channel's front page."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from subscriptions.channel_page import queries, services
from subscriptions.models import ChannelPage
from subscriptions.schemas import ChannelFrontDict, ChannelPageDict, ShelfChoiceDict
from subscriptions.serializers import ChannelPageInputSerializer


class ChannelFrontView(APIView):
    """The featured video and the shelves of a channel."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="channel_front", responses={200: described(ChannelFrontDict)})
    def get(self, request: Request, username: str) -> Response:
        """Read a channel's front page."""
        owner = channel_for_viewing(username)
        channel, page = queries.load_channel(request.user, owner)
        is_follower = queries.sees_as_follower(channel)
        return conditional_response(
            request, queries.build_front_page(request.user, owner, page, is_follower=is_follower)
        )


class ChannelPageView(APIView):
    """Arrangement of the caller's channel page."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_channel_page", responses={200: described(ChannelPageDict)})
    def get(self, request: Request) -> Response:
        """Read the arrangement of the caller's channel page."""
        return _page_response(queries.get_arrangement(signed_in_user(request).pk))

    @extend_schema(
        operation_id="me_channel_page_update",
        request=ChannelPageInputSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)],
        responses={200: described(ChannelPageDict)},
    )
    def patch(self, request: Request) -> Response:
        """Arrange the caller's channel page."""
        given = ChannelPageInputSerializer.from_body(request)
        owner = signed_in_user(request)
        return _page_response(services.arrange(owner, given, expected_version=expected_version(request)))


def _page_response(page: ChannelPage) -> Response:
    body: ChannelPageDict = {
        "featured": page.featured,
        "trailer": page.trailer,
        "shelves": cast("list[ShelfChoiceDict]", page.shelves),
        "version": page.version,
    }
    response = no_store(Response(body))
    response["ETag"] = version_etag(page.version)
    return response
