"""``/api/v1/auth/proof``: confirm the caller's identity again."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import credentials, sessions
from accounts.api.base import PersonalView, current_session_id, no_store, signed_in_user
from accounts.schemas import ProofDict
from accounts.serializers.proof import IdentityProofSerializer
from streamsite.api.described import described


class ProofView(PersonalView):
    """Proof of identity."""

    @extend_schema(
        operation_id="auth_proof", request=IdentityProofSerializer, responses={200: described(ProofDict)}
    )
    def post(self, request: Request) -> Response:
        """Confirm the caller's identity by password, code, or passkey, for 10 minutes in this session."""
        credentials.confirm_identity(
            request._request,
            signed_in_user(request),
            session_id=current_session_id(request),
            **IdentityProofSerializer.from_body(request),
        )
        return no_store(Response({"expires_in": int(sessions.PROOF_LIFETIME.total_seconds())}))
