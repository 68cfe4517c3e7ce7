"""``/api/v1/auth/restore`` and ``/api/v1/auth/activity``."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit, deactivation, mappers
from accounts.api.base import PersonalView, PublicAuthView, no_store, signed_in_user
from accounts.schemas import AccountDict, ActivityEventDict
from accounts.serializers.deletion import RestoreSerializer
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate


class RestoreView(PublicAuthView):
    """Undo the deletion of an account while it waits."""

    @extend_schema(
        operation_id="auth_restore",
        request=RestoreSerializer,
        responses={200: described(AccountDict)},
    )
    def post(self, request: Request) -> Response:
        data = RestoreSerializer.from_body(request)
        user = deactivation.reactivate_by_credentials(request._request, **data)
        return no_store(Response(mappers.serialize_account(user)))


class ActivityView(PersonalView):
    """What happened to the caller's account."""

    @extend_schema(
        operation_id="auth_activity",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ActivityEventDict])},
    )
    def get(self, request: Request) -> Response:
        rows = audit.events_for_user(signed_in_user(request).pk)
        return no_store(Response(paginate(request, rows, audit.NEWEST).body(audit.serialize_event)))
