"""``/api/v1/auth/email``: prove an address."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import credentials, mappers
from accounts import security_serializers as security_shapes
from accounts import serializers as shapes
from accounts.api.base import PersonalView, PublicAuthView, no_store, signed_in_user


class EmailVerifyView(PublicAuthView):
    """Take the mailed link's token as proof of the address. Safe to repeat."""

    @extend_schema(
        operation_id="auth_email_verify",
        request=security_shapes.EmailTokenSerializer,
        responses={200: security_shapes.VerifiedEmailSerializer},
    )
    def post(self, request: Request) -> Response:
        form = security_shapes.EmailTokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user = credentials.verify_email(request._request, form.validated_data["token"])
        return no_store(Response({"username": user.username, "email": user.email, "email_verified": True}))


class EmailResendView(PersonalView):
    """Mail the link again."""

    @extend_schema(
        operation_id="auth_email_resend", request=None, responses={202: security_shapes.EmailSentSerializer}
    )
    def post(self, request: Request) -> Response:
        address = credentials.resend_verification(signed_in_user(request))
        return no_store(Response({"email": address or None}, status=202))


class EmailChangeView(PersonalView):
    """Ask a new address for its confirmation."""

    @extend_schema(
        operation_id="auth_email_change",
        request=security_shapes.EmailChangeSerializer,
        responses={200: shapes.AccountSerializer},
    )
    def post(self, request: Request) -> Response:
        form = security_shapes.EmailChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        user = credentials.change_email(
            request._request,
            signed_in_user(request),
            data["email"],
            current_password=data["current_password"],
        )
        return no_store(Response(mappers.serialize_account(user)))
