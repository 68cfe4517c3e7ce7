"""Input of the account endpoints: types and lengths. The rules are in ``services``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.preferences import KNOWN
from accounts.profile import MAX_LINK, MAX_LINKS


class StrictCharField(serializers.CharField):
    """Text only: a number or a boolean is not silently turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class RegisterSerializer(serializers.Serializer[Any]):
    """``POST /auth/register``."""

    username = StrictCharField(max_length=200, trim_whitespace=False)
    email = StrictCharField(max_length=254)
    full_name = StrictCharField(max_length=80, required=False, allow_blank=True, default="")
    password = StrictCharField(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH)


class RegisterFormSerializer(RegisterSerializer):
    """The same as a form, for the schema."""

    avatar = serializers.FileField(required=False)
    cover = serializers.FileField(required=False)


class TokenSerializer(serializers.Serializer[Any]):
    """``POST /auth/token``."""

    login = StrictCharField(max_length=254)
    password = StrictCharField(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH)
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
    remember = serializers.BooleanField(required=False, default=False)
    client = serializers.ChoiceField(choices=["browser", "native"], required=False, default="browser")


class RefreshSerializer(serializers.Serializer[Any]):
    """``POST /auth/token/refresh`` and ``/auth/logout`` of native clients."""

    refresh = StrictCharField(required=False, allow_blank=True, default="")


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
    """``POST /auth/api-tokens``. Without ``expires_at`` the token lives 90 days."""

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


class PictureSerializer(serializers.Serializer[Any]):
    """``PUT /me/avatar`` and ``/me/cover``: a form with one file."""

    file = serializers.FileField()


class EraseSerializer(serializers.Serializer[Any]):
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


class VerifySerializer(serializers.Serializer[Any]):
    """``POST /auth/token/verify``."""

    token = StrictCharField(allow_blank=True)


class ProfileSerializer(serializers.Serializer[Any]):
    """``PATCH /me``."""

    full_name = StrictCharField(max_length=80, required=False, allow_blank=True)
    bio = StrictCharField(max_length=2000, required=False, allow_blank=True)
    links = serializers.ListField(
        child=StrictCharField(max_length=MAX_LINK), max_length=MAX_LINKS, required=False
    )
    preferences = serializers.DictField(required=False)


class PreferencesSerializer(serializers.Serializer[Any]):
    """``PATCH /me/preferences`` and its answer, for the schema; the rules are in ``accounts.preferences``."""

    theme = serializers.ChoiceField(choices=KNOWN["theme"].choices, required=False)
    language = serializers.ChoiceField(choices=KNOWN["language"].choices, required=False)
    autoplay = serializers.BooleanField(required=False)
    history_paused = serializers.BooleanField(required=False)
    personalised = serializers.BooleanField(required=False)
    subscriptions_private = serializers.BooleanField(required=False)
    subscribers_private = serializers.BooleanField(required=False)


class CountsSerializer(serializers.Serializer[Any]):
    """A channel's counters."""

    subscribers = serializers.IntegerField()
    subscriptions = serializers.IntegerField()
    videos = serializers.IntegerField()
    views = serializers.IntegerField()


class AccountSerializer(serializers.Serializer[Any]):
    """``GET /me``, for the schema; the body comes from ``mappers``."""

    id = serializers.CharField()
    username = serializers.CharField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    email_verified = serializers.BooleanField()
    bio = serializers.CharField()
    links = serializers.ListField(child=serializers.CharField())
    avatar_url = serializers.CharField(allow_null=True)
    avatar_small_url = serializers.CharField(allow_null=True)
    cover_url = serializers.CharField(allow_null=True)
    cover_small_url = serializers.CharField(allow_null=True)
    counts = CountsSerializer()
    preferences = PreferencesSerializer()
    is_staff = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class GrantSerializer(serializers.Serializer[Any]):
    """A sign-in or a rotation. ``refresh`` only for native clients."""

    access = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()
    session_id = serializers.CharField()
    user = AccountSerializer(required=False)
    refresh = serializers.CharField(required=False)


class VerifiedSerializer(serializers.Serializer[Any]):
    """What a good access token says."""

    sub = serializers.CharField()
    sid = serializers.CharField()
    exp = serializers.IntegerField()


class SessionSerializer(serializers.Serializer[Any]):
    """A device that is signed in."""

    id = serializers.CharField()
    client = serializers.CharField()
    user_agent = serializers.CharField()
    ip_prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    current = serializers.BooleanField()


class RevokedSerializer(serializers.Serializer[Any]):
    """How many sessions were ended."""

    revoked = serializers.IntegerField()


class ChannelBadgeSerializer(serializers.Serializer[Any]):
    """A channel on a card."""

    username = serializers.CharField()
    full_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
    avatar_small_url = serializers.CharField(allow_null=True)
    subscribers = serializers.IntegerField()


class ChannelViewerSerializer(serializers.Serializer[Any]):
    """What the caller is to the channel."""

    is_self = serializers.BooleanField()
    is_subscribed = serializers.BooleanField()
    notify = serializers.CharField(allow_null=True)


class ChannelSerializer(serializers.Serializer[Any]):
    """``GET /channels/{username}``, for the schema."""

    username = serializers.CharField()
    full_name = serializers.CharField()
    bio = serializers.CharField()
    links = serializers.ListField(child=serializers.CharField())
    avatar_url = serializers.CharField(allow_null=True)
    avatar_small_url = serializers.CharField(allow_null=True)
    cover_url = serializers.CharField(allow_null=True)
    cover_small_url = serializers.CharField(allow_null=True)
    counts = CountsSerializer()
    created_at = serializers.DateTimeField()
    viewer = ChannelViewerSerializer(allow_null=True)
