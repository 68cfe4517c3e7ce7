"""``/api/v1/channels``, ``/api/v1/me/subscriptions`` and ``/api/v1/me/feed``."""

from __future__ import annotations

from functools import partial

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import (
    channel_for_listing_subscribers,
    channel_for_listing_subscriptions,
    channel_for_unsubscribing,
    channel_for_viewing,
)
from accounts.api.base import signed_in_user
from accounts.mappers import serialize_badge
from accounts.schemas import ChannelBadgeDict, ChannelDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from subscriptions import queries, services
from subscriptions.schemas import SubscriptionStateDict
from subscriptions.serializers import SubscriptionInputSerializer
from videos import queries as video_queries
from videos.mappers import serialize_card
from videos.schemas.cards import CardDict, FeedCardDict
from videos.schemas.search import FoundChannelDict
from videos.search.channels import FINDER as CHANNELS


class ChannelsView(APIView):
    """Find channels by name."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channels_search",
        parameters=[
            *PAGINATION_PARAMETERS,
            OpenApiParameter(
                "q",
                str,
                description="Words of the display name or the username, in any order; each may be unfinished.",
            ),
        ],
        responses={200: described(PageDict[FoundChannelDict])},
    )
    def get(self, request: Request) -> Response:
        return conditional_response(request, CHANNELS.page(request, request.GET.get("q", "")))


class ChannelView(APIView):
    """A channel as others see it."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="channels_read", responses={200: described(ChannelDict)})
    def get(self, request: Request, username: str) -> Response:
        channel = channel_for_viewing(username)
        return conditional_response(request, queries.channel_body(request.user, channel))


class ChannelVideosView(APIView):
    """A channel's listed videos, newest first."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_videos",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CardDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        rows = video_queries.videos_of_channel(channel_for_viewing(username).pk)
        return conditional_response(
            request, paginate(request, rows, video_queries.NEWEST).body(serialize_card)
        )


class SubscriptionView(APIView):
    """The caller's subscription to a channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="channel_subscribe",
        request=SubscriptionInputSerializer,
        responses={200: described(SubscriptionStateDict)},
    )
    def put(self, request: Request, username: str) -> Response:
        channel = channel_for_viewing(username)
        data = SubscriptionInputSerializer.from_body(request)
        services.subscribe(signed_in_user(request), channel, **data)
        return Response(queries.subscription_body(request.user, channel.username))

    @extend_schema(
        operation_id="channel_unsubscribe",
        request=None,
        parameters=[
            OpenApiParameter("video_id", str, description="The video that led to it, for its figures.")
        ],
        responses={200: described(SubscriptionStateDict)},
    )
    def delete(self, request: Request, username: str) -> Response:
        user = signed_in_user(request)
        channel = channel_for_unsubscribing(username, partial(queries.is_subscribed, user.pk))
        services.unsubscribe(user, channel, video_id=request.GET.get("video_id", ""))
        return Response(queries.subscription_body(request.user, channel.username))


class ChannelSubscribersView(APIView):
    """Who is subscribed to a channel, the latest first; 404 when the channel keeps that private."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_subscribers",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        rows = queries.subscribers_of_channel(channel_for_listing_subscribers(request.user, username).pk)
        page = queries.without_hidden_subscribers(paginate(request, rows, queries.RECENT))
        return conditional_response(request, page.body(lambda row: serialize_badge(row.subscriber)))


class ChannelSubscriptionsView(APIView):
    """What a channel is subscribed to, the latest first; 404 when the channel keeps that private."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_subscriptions",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        rows = queries.subscriptions_of_user(channel_for_listing_subscriptions(request.user, username).pk)
        page = queries.without_inactive_channels(paginate(request, rows, queries.RECENT))
        return conditional_response(request, page.body(lambda row: serialize_badge(row.channel)))


class MySubscriptionsView(APIView):
    """The channels the caller is subscribed to, the latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_subscriptions",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request) -> Response:
        rows = queries.subscriptions_of_user(signed_in_user(request).pk)
        page = queries.without_inactive_channels(paginate(request, rows, queries.RECENT))
        return conditional_response(request, page.body(lambda row: serialize_badge(row.channel)))


class FeedView(APIView):
    """The newest videos of the subscribed channels."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_feed",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[FeedCardDict])},
    )
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        return conditional_response(request, queries.feed_page(request, user.pk))
