"""Input: proof of the caller's identity."""

from __future__ import annotations

from accounts.serializers.fields import PasswordField
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class ProofSerializer(InputSerializer):
    """Proof that the owner asks: the password, or a code of the second factor."""

    current_password = PasswordField(required=False, allow_blank=True, default="")
    password = PasswordField(
        required=False, allow_blank=True, default="", help_text="Same as current_password."
    )
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Return the password and the code."""
        return {"password": attrs["current_password"] or attrs["password"], "otp": attrs["otp"]}


class FactorProofSerializer(InputSerializer):
    """A code of the authenticator app or a recovery code. The password is not enough."""

    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
