"""``/api/v1/auth/totp``: two-factor authentication."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import credentials, totp
from accounts.api.base import PersonalView, current_session_id, no_store, require_recent_proof, signed_in_user
from accounts.schemas import RecoveryCodesDict, TotpSetupDict, TotpStatusDict
from accounts.serializers.proof import FactorProofSerializer, ProofSerializer
from accounts.serializers.totp import TotpEnableSerializer
from streamsite.api.described import described
from streamsite.errors import Conflict


class TotpView(PersonalView):
    """State of two-factor authentication."""

    @extend_schema(operation_id="auth_totp", responses={200: described(TotpStatusDict)})
    def get(self, request: Request) -> Response:
        """Read the state of two-factor authentication."""
        return no_store(Response(totp.load_status(signed_in_user(request).pk)))


class TotpSetupView(PersonalView):
    """Setup of two-factor authentication. Codes are required once ``enable`` got one."""

    @extend_schema(
        operation_id="auth_totp_setup",
        request=ProofSerializer,
        responses={200: described(TotpSetupDict)},
    )
    def post(self, request: Request) -> Response:
        """Create a secret for an authenticator app."""
        data = ProofSerializer.from_body(request)
        user = signed_in_user(request)
        require_recent_proof(request, data["password"])
        if totp.is_enabled(user.pk):
            raise Conflict(_("Two-factor authentication is already on. Turn it off first."))
        return no_store(Response(totp.start_setup(user)))


class TotpEnableView(PersonalView):
    """Turns two-factor authentication on. Other sessions and API tokens end."""

    @extend_schema(
        operation_id="auth_totp_enable",
        request=TotpEnableSerializer,
        responses={200: described(RecoveryCodesDict)},
    )
    def post(self, request: Request) -> Response:
        """Turn two-factor authentication on by the app's first code."""
        data = TotpEnableSerializer.from_body(request)
        codes = credentials.enable_totp(
            request._request,
            signed_in_user(request),
            data["otp"],
            session_id=current_session_id(request),
        )
        return no_store(Response({"recovery_codes": codes}))


class TotpDisableView(PersonalView):
    """Turns two-factor authentication off. Other sessions and API tokens end."""

    @extend_schema(
        operation_id="auth_totp_disable",
        request=FactorProofSerializer,
        responses={204: OpenApiResponse(description="Off")},
    )
    def post(self, request: Request) -> Response:
        """Turn two-factor authentication off by a code or a recovery code."""
        data = FactorProofSerializer.from_body(request)
        credentials.disable_totp(
            request._request,
            signed_in_user(request),
            otp=data["otp"],
            session_id=current_session_id(request),
        )
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class RecoveryCodesView(PersonalView):
    """Recovery codes of two-factor authentication."""

    @extend_schema(
        operation_id="auth_totp_recovery_codes",
        request=FactorProofSerializer,
        responses={200: described(RecoveryCodesDict)},
    )
    def post(self, request: Request) -> Response:
        """Replace the recovery codes, for a code or a recovery code."""
        data = FactorProofSerializer.from_body(request)
        codes = credentials.renew_recovery_codes(request._request, signed_in_user(request), otp=data["otp"])
        return no_store(Response({"recovery_codes": codes}))
