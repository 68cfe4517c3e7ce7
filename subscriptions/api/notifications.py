"""``/api/v1/me/notifications``: what the caller is told, and how far they have read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate_latest
from streamsite.errors import Invalid
from subscriptions.notifications import queries, services
from subscriptions.schemas import PageOfNotificationsDict, UnreadCountDict
from subscriptions.serializers import MarkReadSerializer

MAX_IDS = 100


class NotificationsView(APIView):
    """The caller's own notifications and what their channels announced, the latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_notifications",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfNotificationsDict)},
    )
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        known = queries.load_reader(user)
        rows, following = paginate_latest(
            request, lambda before, size: queries.load_page(user.pk, known, before, size)
        )
        results, unread = queries.serialize_with_unread(rows, user.pk, known)
        return conditional_response(
            request, {"next": following, "previous": None, "results": results, "unread": unread}
        )


class UnreadView(APIView):
    """How many are not read: cheap to ask again and again, 304 while nothing changes."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_notifications_unread", responses={200: described(UnreadCountDict)})
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        return conditional_response(
            request, {"unread": queries.unread_count(user.pk, queries.load_reader(user))}
        )


class MarkReadView(APIView):
    """Mark some, or all until now, as read."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_notifications_read",
        request=MarkReadSerializer,
        responses={200: described(UnreadCountDict)},
    )
    def post(self, request: Request) -> Response:
        user = signed_in_user(request)
        data: Any = request.data
        ids = data.get("ids")
        if "ids" not in data:
            services.mark_all_read(user.pk)
        else:
            services.mark_read(user.pk, _read_ids(ids))
        return no_store(Response({"unread": queries.unread_count(user.pk, queries.load_reader(user))}))


class FeedSeenView(APIView):
    """What is in the feed until now is no longer new."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_feed_seen", request=None, responses={204: OpenApiResponse(description="Noted")}
    )
    def post(self, request: Request) -> Response:
        services.mark_feed_seen(signed_in_user(request).pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


def _read_ids(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_IDS:
        raise Invalid("Send a list of ids.", fields={"ids": [f"A list of at most {MAX_IDS} ids."]})
    if not all(isinstance(one, str) and len(one) <= 32 for one in value):
        raise Invalid("Send a list of ids.", fields={"ids": ["Ids are texts."]})
    return value
