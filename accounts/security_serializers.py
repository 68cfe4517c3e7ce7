"""Input and answers of the endpoints about passwords, addresses, second factors, API tokens and closing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.serializers import StrictCharField


class PasswordField(StrictCharField):
    """A password as it was typed; its length is bounded before anything is computed from it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH, **options)


class PasswordChangeSerializer(serializers.Serializer[Any]):
    """``POST /auth/password/change``."""

    current_password = PasswordField()
    new_password = PasswordField()


class PasswordResetSerializer(serializers.Serializer[Any]):
    """``POST /auth/password/reset``."""

    email = StrictCharField(max_length=254)


class PasswordResetConfirmSerializer(serializers.Serializer[Any]):
    """``POST /auth/password/reset/confirm``."""

    token = StrictCharField(max_length=2000, allow_blank=True)
    new_password = PasswordField()


class EmailTokenSerializer(serializers.Serializer[Any]):
    """``POST /auth/email/verify``."""

    token = StrictCharField(max_length=2000, allow_blank=True)


class VerifiedEmailSerializer(serializers.Serializer[Any]):
    """Whose address is proved now."""

    username = serializers.CharField()
    email = serializers.CharField()
    email_verified = serializers.BooleanField()


class EmailChangeSerializer(serializers.Serializer[Any]):
    """``POST /auth/email/change``."""

    email = StrictCharField(max_length=254)
    current_password = PasswordField()


class EmailSentSerializer(serializers.Serializer[Any]):
    """To which address a link was mailed; ``null`` when none waits for one."""

    email = serializers.CharField(allow_null=True)


class ProofSerializer(serializers.Serializer[Any]):
    """Proof that the owner asks: the password, or a code of the second factor."""

    current_password = PasswordField(required=False, allow_blank=True, default="")
    password = PasswordField(
        required=False, allow_blank=True, default="", help_text="Same as current_password."
    )
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"password": attrs["current_password"] or attrs["password"], "otp": attrs["otp"]}


class ProvedSerializer(serializers.Serializer[Any]):
    """For how many seconds the proof counts as recent."""

    expires_in = serializers.IntegerField()


class FactorProofSerializer(serializers.Serializer[Any]):
    """A code of the authenticator app or a recovery code. The password is not enough."""

    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")


class TotpSetupSerializer(serializers.Serializer[Any]):
    """A secret that waits for its first code. ``qr_svg`` is an inline SVG picture of ``otpauth_url``."""

    secret = serializers.CharField()
    otpauth_url = serializers.CharField()
    qr_svg = serializers.CharField()


class TotpEnableSerializer(serializers.Serializer[Any]):
    """``POST /auth/totp/enable``."""

    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
    code = StrictCharField(
        max_length=40, required=False, allow_blank=True, default="", help_text="Same as otp."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        otp = attrs["otp"] or attrs["code"]
        if not otp:
            raise serializers.ValidationError({"otp": ["Send the code that the app shows."]})
        return {"otp": otp}


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """Shown once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class TotpStatusSerializer(serializers.Serializer[Any]):
    """Whether the second factor is on and how many recovery codes are left."""

    enabled = serializers.BooleanField()
    enabled_at = serializers.DateTimeField(allow_null=True)
    recovery_codes = serializers.IntegerField()


class ApiTokenCreateSerializer(serializers.Serializer[Any]):
    """``POST /auth/api-tokens``. Without ``expires_at`` the token lives 90 days.

    Needs a sign-in or ``POST /auth/proof`` within the last 10 minutes, else 403 ``proof_required``. The token ends when
    the password or the second factor changes.
    """

    name = StrictCharField(max_length=200)
    scopes = serializers.ListField(child=StrictCharField(max_length=20), max_length=10)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ApiTokenSerializer(serializers.Serializer[Any]):
    """A personal token as its owner sees it."""

    id = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    hint = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expired = serializers.BooleanField()


class NewApiTokenSerializer(ApiTokenSerializer):
    """The answer to its making, the only one with ``token``."""

    token = serializers.CharField()


class PageOfApiTokensSerializer(serializers.Serializer[Any]):
    """Personal tokens, the newest first."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ApiTokenSerializer(many=True)


class EventSerializer(serializers.Serializer[Any]):
    """One line of the account's recent activity."""

    id = serializers.CharField()
    what = serializers.CharField()
    text = serializers.CharField()
    result = serializers.CharField()
    result_text = serializers.CharField()
    session_id = serializers.CharField()
    ip_prefix = serializers.CharField()
    user_agent = serializers.CharField()
    at = serializers.DateTimeField()


class PageOfEventsSerializer(serializers.Serializer[Any]):
    """Recent activity, the newest first."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = EventSerializer(many=True)


class ImageUploadSerializer(serializers.Serializer[Any]):
    """``PUT /me/avatar`` and ``/me/cover``: a form with one file."""

    file = serializers.FileField()


class AccountDeletionSerializer(serializers.Serializer[Any]):
    """``DELETE /me``."""

    password = PasswordField(required=False, allow_blank=True, default="")
    current_password = PasswordField(
        required=False, allow_blank=True, default="", help_text="Same as password."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        password = attrs["password"] or attrs["current_password"]
        if not password:
            raise serializers.ValidationError({"password": ["Type your password."]})
        return {"password": password}


class RestoreSerializer(serializers.Serializer[Any]):
    """``POST /auth/restore``."""

    login = StrictCharField(max_length=254)
    password = PasswordField()
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
