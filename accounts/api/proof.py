"""``/api/v1/auth/proof``: confirm one's identity again, for what needs a recent proof."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import credentials, sessions
from accounts import security_serializers as shapes
from accounts.api.base import PersonalView, current_session_id, no_store, signed_in_user


class ProofView(PersonalView):
    """Confirm your identity with your password or a two-factor code; it counts for 10 minutes in this session."""

    @extend_schema(
        operation_id="auth_proof", request=shapes.ProofSerializer, responses={200: shapes.ProvedSerializer}
    )
    def post(self, request: Request) -> Response:
        form = shapes.ProofSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        credentials.confirm_identity(
            request._request,
            signed_in_user(request),
            session_id=current_session_id(request),
            **form.validated_data,
        )
        return no_store(Response({"expires_in": int(sessions.PROOF_LIFETIME.total_seconds())}))
