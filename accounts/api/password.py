"""``/api/v1/auth/password``: change or reset the password."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import credentials, token_rotation
from accounts.api.base import PersonalView, PublicAuthView, current_session_id, no_store, signed_in_user
from accounts.api.tokens import token_response
from accounts.authentication import TokenRefused
from accounts.schemas import TokenGrantDict
from accounts.serializers.password import (
    PasswordChangeSerializer,
    PasswordResetConfirmSerializer,
    PasswordResetSerializer,
)
from accounts.web_sessions import keep_signed_in
from streamsite.api.described import described


class PasswordChangeView(PersonalView):
    """Change of the password."""

    @extend_schema(
        operation_id="auth_password_change",
        request=PasswordChangeSerializer,
        responses={200: described(TokenGrantDict)},
    )
    def post(self, request: Request) -> Response:
        """Change the password and end every other session."""
        data = PasswordChangeSerializer.from_body(request)
        session_id = current_session_id(request)
        user = credentials.change_password(
            request._request, signed_in_user(request), session_id=session_id, **data
        )
        keep_signed_in(request._request, user)
        renewed = token_rotation.renew_tokens(session_id or "", user)
        if renewed is None:  # it was ended while the password was being changed
            raise TokenRefused(_("This session has ended."), code="session_revoked")
        return token_response(renewed)


class PasswordResetView(PublicAuthView):
    """Request for a password reset."""

    @extend_schema(
        operation_id="auth_password_reset",
        request=PasswordResetSerializer,
        responses={
            202: OpenApiResponse(description="Accepted. A link is sent if the address has an account.")
        },
    )
    def post(self, request: Request) -> Response:
        """Send a reset link to an address. The response is the same for every address."""
        data = PasswordResetSerializer.from_body(request)
        credentials.request_password_reset(request._request, data["email"])
        return no_store(
            Response(
                {"detail": _("If an account uses this email address, we've sent it a link.")},
                status=status.HTTP_202_ACCEPTED,
            )
        )


class PasswordResetConfirmView(PublicAuthView):
    """Password reset by a mailed link."""

    @extend_schema(
        operation_id="auth_password_reset_confirm",
        request=PasswordResetConfirmSerializer,
        responses={204: OpenApiResponse(description="Changed, and every session has ended")},
    )
    def post(self, request: Request) -> Response:
        """Set a new password by a mailed link's token and end every session."""
        data = PasswordResetConfirmSerializer.from_body(request)
        credentials.reset_password(request._request, data["token"], data["new_password"])
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
