"""Input: proof of the caller's identity."""

from __future__ import annotations

from typing import Any

from accounts.serializers.fields import PasswordField
from accounts.serializers.passkeys import CredentialField
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class ProofSerializer(InputSerializer):
    """Proof that the owner asks: the password, or a code of the second factor."""

    current_password = PasswordField(required=False, allow_blank=True, default="")
    password = PasswordField(
        required=False, allow_blank=True, default="", help_text="Same as current_password."
    )
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the password and the code."""
        return {"password": attrs["current_password"] or attrs["password"], "otp": attrs["otp"]}


class IdentityProofSerializer(ProofSerializer):
    """``POST /auth/proof``: the password, a code, or a passkey."""

    passkey = CredentialField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The answer to a challenge for the purpose proof.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the password, the code, and the passkey."""
        return super().validate(attrs) | {"passkey": attrs["passkey"]}


class FactorProofSerializer(InputSerializer):
    """A code of the authenticator app or a recovery code. The password is not enough."""

    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
