"""Input: two-factor authentication."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import serializers

from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class TotpEnableSerializer(InputSerializer):
    """``POST /auth/totp/enable``."""

    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
    code = StrictCharField(
        max_length=40, required=False, allow_blank=True, default="", help_text="Same as otp."
    )

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Return the code, whichever of its two names was sent."""
        otp = attrs["otp"] or attrs["code"]
        if not otp:
            raise serializers.ValidationError({"otp": [_("Enter the code from your authenticator app.")]})
        return {"otp": otp}
