"""``/api/v1/me/notifications``: the caller's notifications."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate_latest
from subscriptions.notifications import queries, services
from subscriptions.schemas import NewsCountDict, PageOfNotificationsDict, UnreadCountDict
from subscriptions.serializers import MarkReadSerializer


class NotificationsView(APIView):
    """The caller's notifications."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_notifications",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfNotificationsDict)},
    )
    def get(self, request: Request) -> Response:
        """List the notifications, latest first."""
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
    """Number of unread notifications; 304 while it stays the same."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_notifications_unread", responses={200: described(NewsCountDict)})
    def get(self, request: Request) -> Response:
        """Count the unread notifications."""
        user = signed_in_user(request)
        return conditional_response(request, queries.count_unread(user.pk, queries.load_reader(user)))


class MarkReadView(APIView):
    """Marks notifications as read."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_notifications_read",
        request=MarkReadSerializer,
        responses={200: described(UnreadCountDict)},
    )
    def post(self, request: Request) -> Response:
        """Mark notifications as read."""
        user = signed_in_user(request)
        data = MarkReadSerializer.from_body(request)
        if "ids" in data:
            services.mark_read(user.pk, data["ids"])
        else:
            services.mark_all_read(user.pk)
        unread = queries.count_unread(user.pk, queries.load_reader(user))["unread"]
        return no_store(Response({"unread": unread}))


class MarkSeenView(APIView):
    """Marks the list of notifications as opened."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_notifications_seen", request=None, responses={200: described(NewsCountDict)}
    )
    def post(self, request: Request) -> Response:
        """Mark all notifications until now as seen; they stay unread."""
        user = signed_in_user(request)
        services.mark_seen(user.pk)
        return no_store(Response(queries.count_unread(user.pk, queries.load_reader(user))))
