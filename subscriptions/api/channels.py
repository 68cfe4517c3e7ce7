"""``/api/v1/channels``: channels and their videos."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import (
    channel_for_viewing,
)
from accounts.schemas import ChannelDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.api.shared_bodies import shared_response
from subscriptions import queries
from videos import queries as video_queries
from videos import sensitivity
from videos.card_rows import with_cards
from videos.library_filters import NEWEST
from videos.mappers import serialize_card
from videos.schemas.cards import CardDict
from videos.schemas.search import FoundChannelDict
from videos.search.channels import FINDER as CHANNELS
from videos.serializers.search import ChannelsQuerySerializer


class ChannelsView(APIView):
    """Search for channels."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channels_search",
        parameters=[
            *PAGINATION_PARAMETERS,
            ChannelsQuerySerializer,
        ],
        responses={200: described(PageDict[FoundChannelDict])},
    )
    def get(self, request: Request) -> Response:
        """Find channels by display name or username."""
        return conditional_response(
            request, CHANNELS.page(request, ChannelsQuerySerializer.from_query(request)["q"])
        )


class ChannelView(APIView):
    """A channel as others see it."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="channels_read", responses={200: described(ChannelDict)})
    def get(self, request: Request, username: str) -> Response:
        """Read a channel."""
        channel = channel_for_viewing(username)
        return conditional_response(request, queries.channel_body(request.user, channel))


class ChannelVideosView(APIView):
    """A channel's public videos."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_videos",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CardDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        """List a channel's public videos, newest first."""

        def make_body() -> PageDict[CardDict]:
            rows = with_cards(video_queries.videos_of_channel(request.user, channel_for_viewing(username).pk))
            return paginate(request, rows, NEWEST).body(serialize_card)

        return shared_response(request, make_body, sensitivity.shared_listing(request.user))
