"""``/api/v1/channels/{username}/subscription`` and the lists of subscriptions."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_listing_subscribers, channel_for_listing_subscriptions
from accounts.api.base import signed_in_user
from accounts.mappers import serialize_badge
from accounts.schemas import ChannelBadgeDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from subscriptions import access, queries, services
from subscriptions.schemas import SubscriptionStateDict
from subscriptions.serializers import SubscriptionInputSerializer, UnsubscribeQuerySerializer


class SubscriptionView(APIView):
    """The caller's subscription to a channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="channel_subscribe",
        request=SubscriptionInputSerializer,
        responses={200: described(SubscriptionStateDict)},
    )
    def put(self, request: Request, username: str) -> Response:
        """Subscribe to a channel, or change a subscription. Idempotent."""
        user = signed_in_user(request)
        channel = access.channel_for_subscribing(user.pk, username)
        data = SubscriptionInputSerializer.from_body(request)
        return _response(services.subscribe(user, channel, relation=channel.relation, **data))

    @extend_schema(
        operation_id="channel_unsubscribe",
        request=None,
        parameters=[UnsubscribeQuerySerializer],
        responses={200: described(SubscriptionStateDict)},
    )
    def delete(self, request: Request, username: str) -> Response:
        """Unsubscribe from a channel. Idempotent."""
        user = signed_in_user(request)
        channel = access.channel_for_unsubscribing(user.pk, username)
        given = UnsubscribeQuerySerializer.from_query(request)
        return _response(services.unsubscribe(user, channel, **given))


def _response(state: services.SubscriptionState) -> Response:
    body: SubscriptionStateDict = {
        "is_subscribed": state.notify is not None,
        "notify": state.notify,
        "subscribers": state.subscribers,
    }
    return Response(body)


class ChannelSubscribersView(APIView):
    """A channel's subscribers."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_subscribers",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        """List a channel's subscribers, latest first; 404 when the list is private."""
        rows = queries.subscribers_of_channel(channel_for_listing_subscribers(request.user, username).pk)
        page = queries.without_hidden_subscribers(paginate(request, rows, queries.RECENT))
        return conditional_response(request, page.body(lambda row: serialize_badge(row.subscriber)))


class ChannelSubscriptionsView(APIView):
    """A channel's subscriptions."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_subscriptions",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        """List a channel's subscriptions, latest first; 404 when the list is private."""
        rows = queries.subscriptions_of_user(channel_for_listing_subscriptions(request.user, username).pk)
        page = queries.without_inactive_channels(paginate(request, rows, queries.RECENT))
        return conditional_response(request, page.body(lambda row: serialize_badge(row.channel)))


class MySubscriptionsView(APIView):
    """The caller's subscriptions."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_subscriptions",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's subscriptions, latest first."""
        rows = queries.subscriptions_of_user(signed_in_user(request).pk)
        page = queries.without_inactive_channels(paginate(request, rows, queries.RECENT))
        return conditional_response(request, page.body(lambda row: serialize_badge(row.channel)))
