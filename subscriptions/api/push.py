"""``/api/v1/me/push-subscriptions``: the browsers that show the caller's notifications."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PersonalView, current_session_id, no_store, signed_in_user
from streamsite.api.described import described
from streamsite.errors import NotSignedIn
from subscriptions.notifications.push import services, vapid
from subscriptions.schemas import PushSubscriptionDict, PushSubscriptionsDict
from subscriptions.serializers import PushSubscriptionInputSerializer


class PushSubscriptionsView(PersonalView):
    """The browsers that show the caller's notifications."""

    @extend_schema(operation_id="me_push_subscriptions", responses={200: described(PushSubscriptionsDict)})
    def get(self, request: Request) -> Response:
        """List the browsers, latest first, and the key with which another one subscribes."""
        page: PushSubscriptionsDict = {
            "next": None,
            "previous": None,
            "results": services.list_browsers(signed_in_user(request)),
            "public_key": vapid.public_key(),
        }
        return no_store(Response(page))

    @extend_schema(
        operation_id="me_push_subscriptions_create",
        request=PushSubscriptionInputSerializer,
        responses={200: described(PushSubscriptionDict), 201: described(PushSubscriptionDict)},
    )
    def post(self, request: Request) -> Response:
        """Show the caller's notifications in a browser while it is signed in. 200 if it already does."""
        user = signed_in_user(request)
        session_id = current_session_id(request)
        if session_id is None:
            raise NotSignedIn
        data = PushSubscriptionInputSerializer.from_body(request)
        stored, is_new = services.subscribe(
            user,
            session_id,
            endpoint=data["endpoint"],
            p256dh=data["keys"]["p256dh"],
            auth=data["keys"]["auth"],
            user_agent=request.headers.get("User-Agent", ""),
        )
        return no_store(Response(stored, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK))


class PushSubscriptionView(PersonalView):
    """One browser."""

    @extend_schema(
        operation_id="me_push_subscription_delete",
        responses={204: OpenApiResponse(description="Turned off")},
    )
    def delete(self, request: Request, subscription_id: str) -> Response:
        """Show no notifications in a browser any more."""
        services.unsubscribe(signed_in_user(request), subscription_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
