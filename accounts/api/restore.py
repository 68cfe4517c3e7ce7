"""``/api/v1/auth/restore``: undo the deletion of an account."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import deactivation, mappers
from accounts.api.base import PublicAuthView, no_store
from accounts.schemas import AccountDict
from accounts.serializers.deletion import RestoreSerializer
from streamsite.api.described import described


class RestoreView(PublicAuthView):
    """Restoration of a deleted account."""

    @extend_schema(
        operation_id="auth_restore",
        request=RestoreSerializer,
        responses={200: described(AccountDict)},
    )
    def post(self, request: Request) -> Response:
        """Restore a deleted account while it waits for its erasure."""
        data = RestoreSerializer.from_body(request)
        user = deactivation.reactivate_by_credentials(request._request, **data)
        return no_store(Response(mappers.serialize_account(user)))
