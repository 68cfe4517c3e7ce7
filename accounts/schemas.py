"""API responses of the account endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NotRequired, TypedDict

from streamsite.api.json_types import Schema, Timestamp

NotifyBy = Literal["page", "email", "both", "none"]


class PreferencesDict(TypedDict):
    """Every preference; ``accounts.preferences`` has the defaults."""

    theme: Literal["auto", "light", "dark"]
    language: Literal["", "en", "de", "ar"]
    time_zone: str
    autoplay: bool
    autoplay_open: bool
    hover_previews: bool
    history_paused: bool
    personalised: bool
    sensitive_content: Literal["", "hide", "blur", "warn", "show"]
    subscriptions_private: bool
    subscribers_private: bool
    notify_video: NotifyBy
    notify_post: NotifyBy
    notify_comment: NotifyBy
    notify_review: NotifyBy
    notify_reply: NotifyBy
    notify_thread: NotifyBy
    notify_mention: NotifyBy
    notify_heart: NotifyBy
    notify_milestone: NotifyBy
    notify_processing: NotifyBy
    notify_share: NotifyBy
    email_pace: Literal["hourly", "daily", "weekly"]


class AvatarUrlsDict(TypedDict):
    """URLs of an account's avatar, null without one."""

    avatar_url: str | None
    avatar_small_url: str | None


class CoverUrlsDict(TypedDict):
    """URLs of an account's cover image, null without one."""

    cover_url: str | None
    cover_small_url: str | None


class ChannelCountsDict(TypedDict):
    """A channel's counters."""

    subscribers: int
    subscriptions: int
    videos: int
    views: int


class UndeliverableEmailDict(TypedDict):
    """An address that a mail server rejected permanently."""

    email: str
    at: Timestamp | None
    reason: str


class AccountDict(AvatarUrlsDict, CoverUrlsDict):
    """The caller's own account."""

    id: str
    username: str
    full_name: str
    email: str
    email_verified: bool
    email_undeliverable: UndeliverableEmailDict | None
    bio: str
    links: list[str]
    is_sensitive: bool
    counts: ChannelCountsDict
    preferences: PreferencesDict
    is_staff: bool
    status: Literal["active", "waiting"]
    may_upload: bool
    created_at: Timestamp


class TokenGrantDict(TypedDict):
    """Tokens of a sign-in or a refresh; ``refresh`` is for native clients, ``user`` for sign-ins."""

    access: str
    token_type: str
    expires_in: int
    session_id: str
    user: NotRequired[AccountDict]
    refresh: NotRequired[str]


class VerifiedTokenDict(TypedDict):
    """Claims of a valid access token."""

    sub: str
    sid: str
    exp: int


class SessionDict(TypedDict):
    """A device that is signed in."""

    id: str
    client: str
    user_agent: str
    ip_prefix: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


class RevokedSessionsDict(TypedDict):
    """Number of sessions that were ended."""

    revoked: int


class ChannelBadgeDict(AvatarUrlsDict):
    """A channel on a card."""

    username: str
    full_name: str
    subscribers: int


class ChannelViewerDict(TypedDict):
    """The caller's relation to a channel."""

    is_self: bool
    is_subscribed: bool
    notify: str | None


class ChannelDict(AvatarUrlsDict, CoverUrlsDict):
    """A channel as others see it."""

    username: str
    full_name: str
    bio: str
    links: list[str]
    is_sensitive: bool
    counts: ChannelCountsDict
    created_at: Timestamp
    viewer: ChannelViewerDict | None


class VerifiedEmailDict(TypedDict):
    """An account whose email address is verified."""

    username: str
    email: str
    email_verified: bool


class EmailSentDict(TypedDict):
    """Address to which a link was sent; null when no address is waiting for one."""

    email: str | None


class ProofDict(TypedDict):
    """Seconds for which the proof of identity counts as recent."""

    expires_in: int


class TotpSetupDict(TypedDict):
    """A secret that is not confirmed yet. ``qr_svg`` is ``otpauth_url`` as an inline SVG."""

    secret: str
    otpauth_url: str
    qr_svg: str


class RecoveryCodesDict(TypedDict):
    """New recovery codes, shown once."""

    recovery_codes: list[str]


class TotpStatusDict(TypedDict):
    """State of two-factor authentication; ``recovery_codes`` is the number left."""

    enabled: bool
    enabled_at: datetime | None
    recovery_codes: int


class PasskeyDict(TypedDict):
    """A passkey as its owner sees it. ``is_synced`` is whether its provider keeps copies on several devices."""

    id: str
    name: str
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None


class PasskeyOptionsDict(TypedDict):
    """The options of ``navigator.credentials``, as ``PublicKeyCredential.parse...OptionsFromJSON()`` takes them.

    `challenge` and ids are in base64url.
    """

    public_key: Annotated[dict[str, str], Schema(additionalProperties=True)]


class ApiTokenDict(TypedDict):
    """A personal token as its owner sees it."""

    id: str
    name: str
    scopes: list[str]
    hint: str
    created_at: Timestamp
    expires_at: Timestamp
    last_used_at: Timestamp | None
    expired: bool


class NewApiTokenDict(ApiTokenDict):
    """A new API token, the only response with ``token``."""

    token: str


class ActivityEventDict(TypedDict):
    """An event of the account's recent activity."""

    id: str
    what: str
    text: str
    result: str
    result_text: str
    session_id: str
    ip_prefix: str
    user_agent: str
    at: Timestamp
