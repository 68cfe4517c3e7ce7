"""``/api/v1/auth/restore`` and ``/api/v1/auth/activity``."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit, deactivation, mappers
from accounts import security_serializers as security_shapes
from accounts import serializers as shapes
from accounts.api.base import PersonalView, PublicAuthView, no_store, signed_in_user
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate


class RestoreView(PublicAuthView):
    """Undo the deletion of an account while it waits."""

    @extend_schema(
        operation_id="auth_restore",
        request=security_shapes.RestoreSerializer,
        responses={200: shapes.AccountSerializer},
    )
    def post(self, request: Request) -> Response:
        form = security_shapes.RestoreSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user = deactivation.reactivate_by_credentials(request._request, **form.validated_data)
        return no_store(Response(mappers.serialize_account(user)))


class ActivityView(PersonalView):
    """What happened to the caller's account."""

    @extend_schema(
        operation_id="auth_activity",
        parameters=PAGINATION_PARAMETERS,
        responses={200: security_shapes.PageOfEventsSerializer},
    )
    def get(self, request: Request) -> Response:
        rows = audit.events_for_user(signed_in_user(request).pk)
        return no_store(Response(paginate(request, rows, audit.NEWEST).body(audit.serialize_event)))
