"""``/api/v1/auth/email``: verify or change an email address."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import email_changes, mappers
from accounts.api.base import PersonalView, PublicAuthView, no_store, signed_in_user
from accounts.schemas import AccountDict, EmailSentDict, VerifiedEmailDict
from accounts.serializers.email import EmailChangeSerializer, EmailTokenSerializer
from streamsite.api.described import described


class EmailVerifyView(PublicAuthView):
    """Verification of an email address."""

    @extend_schema(
        operation_id="auth_email_verify",
        request=EmailTokenSerializer,
        responses={200: described(VerifiedEmailDict)},
    )
    def post(self, request: Request) -> Response:
        """Verify an email address by a mailed link's token. Idempotent."""
        data = EmailTokenSerializer.from_body(request)
        user = email_changes.verify_email(request._request, data["token"])
        return no_store(Response({"username": user.username, "email": user.email, "email_verified": True}))


class EmailResendView(PersonalView):
    """Another verification email."""

    @extend_schema(operation_id="auth_email_resend", request=None, responses={202: described(EmailSentDict)})
    def post(self, request: Request) -> Response:
        """Send the verification link again."""
        address = email_changes.resend_verification(signed_in_user(request))
        return no_store(Response({"email": address or None}, status=202))


class EmailChangeView(PersonalView):
    """Change of the email address."""

    @extend_schema(
        operation_id="auth_email_change",
        request=EmailChangeSerializer,
        responses={200: described(AccountDict)},
    )
    def post(self, request: Request) -> Response:
        """Change the email address; it takes effect once it is verified."""
        data = EmailChangeSerializer.from_body(request)
        user = email_changes.change_email(
            request._request,
            signed_in_user(request),
            data["email"],
            current_password=data["current_password"],
        )
        return no_store(Response(mappers.serialize_account(user)))
