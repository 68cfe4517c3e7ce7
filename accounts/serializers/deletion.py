"""Input: deleting and restoring an account."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers.fields import PasswordField
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class AccountDeletionSerializer(InputSerializer):
    """``DELETE /me``."""

    password = PasswordField(required=False, allow_blank=True, default="")
    current_password = PasswordField(
        required=False, allow_blank=True, default="", help_text="Same as password."
    )

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Return the password, whichever of its two names was sent."""
        password = attrs["password"] or attrs["current_password"]
        if not password:
            raise serializers.ValidationError({"password": [_("Enter your password.")]})
        return {"password": password}


class RestoreSerializer(InputSerializer):
    """``POST /auth/restore``."""

    login = StrictCharField(max_length=254)
    password = PasswordField()
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
