"""Input: signing in, refreshing and verifying tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.serializers.passkeys import CredentialField
from streamsite.api.fields import StrictCharField, StrictChoiceField
from streamsite.api.inputs import InputSerializer


class TokenSerializer(InputSerializer):
    """``POST /auth/token``. ``username`` is another name of ``login``."""

    login = StrictCharField(
        max_length=254,
        help_text="The username or the email address; `username` is another name of this field.",
    )
    password = StrictCharField(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH)
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
    passkey = CredentialField(
        required=False,
        allow_null=True,
        default=None,
        help_text="In place of otp: the answer to a challenge for the purpose second_factor.",
    )
    remember = serializers.BooleanField(required=False, default=False)
    client = StrictChoiceField(choices=["browser", "native"], required=False, default="browser")

    def to_internal_value(self, data: object) -> Any:
        """Take ``username`` for ``login``."""
        if isinstance(data, Mapping) and "login" not in data and "username" in data:
            data = {**data, "login": data["username"]}
        return super().to_internal_value(data)


class RefreshSerializer(InputSerializer):
    """``POST /auth/token/refresh`` and ``/auth/logout`` of native clients."""

    refresh = StrictCharField(required=False, allow_blank=True, default="")


class VerifySerializer(InputSerializer):
    """``POST /auth/token/verify``."""

    token = StrictCharField(allow_blank=True)
