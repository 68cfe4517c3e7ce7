"""Accounts as API bodies. Every field is named here: nothing private leaks by being added to the model."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext as _

from accounts import channel_marks, deliverability, preferences
from accounts.image_processing import AVATAR, COVER, ImageType
from accounts.models import User
from accounts.registration import upload_rights
from accounts.schemas import (
    AccountDict,
    AvatarUrlsDict,
    ChannelBadgeDict,
    ChannelCountsDict,
    ChannelDict,
    ChannelViewerDict,
    CoverUrlsDict,
    PreferencesDict,
    UndeliverableEmailDict,
)
from streamsite.api.renderers import iso


def image_urls(folder: str, kind: ImageType) -> tuple[str, str]:
    """Return the URLs of the image in ``folder``, large and small."""
    large, small = (f"/media/profiles/{folder}/{name}" for name in kind.files)
    return large, small


def image_url_pair(folder: str, kind: ImageType) -> tuple[str, str] | tuple[None, None]:
    """Return ``image_urls``, twice ``None`` without an image (``folder`` is "")."""
    return image_urls(folder, kind) if folder else (None, None)


def avatar_urls(user: User) -> AvatarUrlsDict:
    """Return the URLs of the account's avatar."""
    large, small = image_url_pair(user.avatar, AVATAR)
    return {"avatar_url": large, "avatar_small_url": small}


def cover_urls(user: User) -> CoverUrlsDict:
    """Return the URLs of the account's cover image."""
    large, small = image_url_pair(user.cover, COVER)
    return {"cover_url": large, "cover_small_url": small}


def serialize_badge(user: User) -> ChannelBadgeDict:
    """Return a channel as it appears on a card."""
    return {
        "username": user.username,
        "full_name": user.get_full_name(),
        **avatar_urls(user),
        "subscribers": user.subscriber_count,
    }


def serialize_channel(user: User, viewer: ChannelViewerDict | None) -> ChannelDict:
    """Return a channel as others see it. ``viewer`` is ``None`` for a visitor who is not signed in."""
    return {
        "username": user.username,
        "full_name": user.get_full_name(),
        "bio": user.bio,
        "links": user.links,
        "is_sensitive": channel_marks.is_sensitive(user),
        **avatar_urls(user),
        **cover_urls(user),
        "counts": serialize_counts(user),
        "created_at": iso(user.created_at),
        "viewer": viewer,
    }


def serialize_counts(user: User) -> ChannelCountsDict:
    """Return the channel's counters."""
    return {
        "subscribers": user.subscriber_count,
        "subscriptions": user.subscription_count,
        "videos": user.video_count,
        "views": user.view_count,
    }


def serialize_undeliverable_email(user: User) -> UndeliverableEmailDict | None:
    """Return the account's address that a mail server rejected permanently, ``None`` without one."""
    address = deliverability.refused_address(user)
    if not address:
        return None
    return {
        "email": address,
        "at": iso(user.undeliverable_at),
        "reason": _(user.undeliverable_reason) if user.undeliverable_reason else "",
    }


def serialize_preferences(user: User) -> PreferencesDict:
    """Return every preference of the account."""
    return cast(PreferencesDict, preferences.with_defaults(user.preferences))


def serialize_account(user: User) -> AccountDict:
    """Return the account as its owner sees it."""
    return {
        "id": user.pk,
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "email_verified": user.email_verified,
        "email_undeliverable": serialize_undeliverable_email(user),
        "bio": user.bio,
        "links": user.links,
        "is_sensitive": channel_marks.is_sensitive(user),
        **avatar_urls(user),
        **cover_urls(user),
        "counts": serialize_counts(user),
        "preferences": serialize_preferences(user),
        "is_staff": user.is_staff,
        "status": "waiting" if user.is_waiting else "active",
        "may_upload": upload_rights.may_upload(user),
        "created_at": iso(user.created_at),
    }
