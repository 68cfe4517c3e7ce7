"""Input of the account endpoints: types and lengths. The rules are in ``services``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.preferences import PREFERENCES
from accounts.profile import MAX_LINK_LENGTH, MAX_LINKS


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
    """``POST /auth/token``. ``username`` is another name of ``login``."""

    login = StrictCharField(
        max_length=254,
        help_text="The username or the email address; `username` is another name of this field.",
    )
    password = StrictCharField(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH)
    otp = StrictCharField(max_length=40, required=False, allow_blank=True, default="")
    remember = serializers.BooleanField(required=False, default=False)
    client = serializers.ChoiceField(choices=["browser", "native"], required=False, default="browser")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and "login" not in data and "username" in data:
            data = {**data, "login": data["username"]}
        return super().to_internal_value(data)


class RefreshSerializer(serializers.Serializer[Any]):
    """``POST /auth/token/refresh`` and ``/auth/logout`` of native clients."""

    refresh = StrictCharField(required=False, allow_blank=True, default="")


class VerifySerializer(serializers.Serializer[Any]):
    """``POST /auth/token/verify``."""

    token = StrictCharField(allow_blank=True)


class ProfileSerializer(serializers.Serializer[Any]):
    """``PATCH /me``."""

    full_name = StrictCharField(max_length=80, required=False, allow_blank=True)
    bio = StrictCharField(max_length=2000, required=False, allow_blank=True)
    links = serializers.ListField(
        child=StrictCharField(max_length=MAX_LINK_LENGTH), max_length=MAX_LINKS, required=False
    )
    preferences = serializers.DictField(required=False)


class PreferencesSerializer(serializers.Serializer[Any]):
    """``PATCH /me/preferences`` and its answer, for the schema; the rules are in ``accounts.preferences``."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            name: serializers.ChoiceField(choices=known.choices, required=False)
            if known.choices
            else serializers.BooleanField(required=False)
            for name, known in PREFERENCES.items()
        }


class CountsSerializer(serializers.Serializer[Any]):
    """A channel's counters."""

    subscribers = serializers.IntegerField()
    subscriptions = serializers.IntegerField()
    videos = serializers.IntegerField()
    views = serializers.IntegerField()


class UndeliverableSerializer(serializers.Serializer[Any]):
    """An address that a mail server refused for good."""

    email = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class AccountSerializer(serializers.Serializer[Any]):
    """``GET /me``, for the schema; the body comes from ``mappers``."""

    id = serializers.CharField()
    username = serializers.CharField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    email_verified = serializers.BooleanField()
    email_undeliverable = UndeliverableSerializer(allow_null=True)
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


class PageOfSessionsSerializer(serializers.Serializer[Any]):
    """All devices that are signed in, the last used first."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = SessionSerializer(many=True)


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
