"""``/api/v1/auth/activity``: recent events of the account."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit
from accounts.api.base import PersonalView, no_store, signed_in_user
from accounts.schemas import ActivityEventDict
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate


class ActivityView(PersonalView):
    """Recent activity of the caller's account."""

    @extend_schema(
        operation_id="auth_activity",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ActivityEventDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's account events of the last 180 days."""
        rows = audit.events_for_user(signed_in_user(request).pk)
        return no_store(Response(paginate(request, rows, audit.NEWEST).body(audit.serialize_event)))
