"""Input: changing and resetting a password."""

from __future__ import annotations

from accounts.serializers.fields import PasswordField
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class PasswordChangeSerializer(InputSerializer):
    """``POST /auth/password/change``."""

    current_password = PasswordField()
    new_password = PasswordField()


class PasswordResetSerializer(InputSerializer):
    """``POST /auth/password/reset``."""

    email = StrictCharField(max_length=254)


class PasswordResetConfirmSerializer(InputSerializer):
    """``POST /auth/password/reset/confirm``."""

    token = StrictCharField(max_length=2000, allow_blank=True)
    new_password = PasswordField()
