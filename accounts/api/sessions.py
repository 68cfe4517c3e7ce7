"""``/api/v1/auth/sessions``: the devices that are signed in."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit, refresh_cookie, sessions
from accounts.api.base import PersonalView, current_session_id, no_store, signed_in_user
from accounts.schemas import RevokedSessionsDict, SessionDict
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.errors import Absent


class LogoutAllView(PersonalView):
    """Sign-out everywhere."""

    @extend_schema(
        operation_id="auth_logout_all", request=None, responses={200: described(RevokedSessionsDict)}
    )
    def post(self, request: Request) -> Response:
        """End every session of the caller, this one included."""
        user = signed_in_user(request)
        revoked = sessions.revoke_all(user.pk, "logout_all")
        audit.record("logout_all", user.pk, request=request._request)
        response = Response({"revoked": revoked})
        refresh_cookie.delete(response)
        return no_store(response)


class SessionsView(PersonalView):
    """The devices that are signed in."""

    @extend_schema(operation_id="auth_sessions", responses={200: described(PageDict[SessionDict])})
    def get(self, request: Request) -> Response:
        """List the devices that are signed in."""
        listed = sessions.list_sessions(signed_in_user(request), current_session_id(request))
        return no_store(Response({"next": None, "previous": None, "results": listed}))


class SessionView(PersonalView):
    """One device."""

    @extend_schema(operation_id="auth_session_revoke", responses={204: OpenApiResponse(description="Ended")})
    def delete(self, request: Request, session_id: str) -> Response:
        """Sign a device out."""
        user = signed_in_user(request)
        if not sessions.revoke(session_id, user.pk, "revoked_by_user"):
            raise Absent
        audit.record("session_revoked", user.pk, request=request._request, session_id=session_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
