"""``/api/v1/auth/sessions``: the devices that are signed in."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies, sessions
from accounts import serializers as shapes
from accounts.api.base import current_session_id, no_store, signed_in_user
from streamsite.errors import Absent


class LogoutAllView(APIView):
    """End every session of the caller, this one included."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="auth_logout_all", request=None, responses={200: shapes.RevokedSerializer})
    def post(self, request: Request) -> Response:
        revoked = sessions.revoke_all(signed_in_user(request).pk, "logout_all")
        response = Response({"revoked": revoked})
        cookies.delete(response)
        return no_store(response)


class SessionsView(APIView):
    """The devices that are signed in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="auth_sessions", responses={200: shapes.SessionSerializer(many=True)})
    def get(self, request: Request) -> Response:
        listed = sessions.listing(signed_in_user(request).pk, current_session_id(request))
        return no_store(Response({"next": None, "previous": None, "results": listed}))


class SessionView(APIView):
    """One device."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="auth_session_revoke", responses={204: OpenApiResponse(description="Ended")})
    def delete(self, request: Request, session_id: str) -> Response:
        if not sessions.revoke(session_id, signed_in_user(request).pk, "revoked_by_user"):
            raise Absent
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
