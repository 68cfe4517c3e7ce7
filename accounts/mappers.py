"""Accounts as plain mappings. Every field is named here: nothing private leaks by being added to the model."""

from __future__ import annotations

from typing import Any

from accounts import deliverability, preferences
from accounts.image_processing import AVATAR, COVER, ImageType
from accounts.models import User
from streamsite.api.renderers import iso


def image_urls(user: User, kind: ImageType) -> dict[str, str | None]:
    """``{avatar_url, avatar_small_url}`` or the same of the cover; ``None`` where there is no picture."""
    large, small = image_url_pair(getattr(user, kind.name), kind)
    return {f"{kind.name}_url": large, f"{kind.name}_small_url": small}


def image_url_pair(folder: str, kind: ImageType) -> tuple[str | None, str | None]:
    """Where a picture is, large and small; ``None`` where there is none."""
    large, small = (f"/media/profiles/{folder}/{name}" if folder else None for name in kind.files)
    return large, small


def serialize_badge(user: User) -> dict[str, Any]:
    """A channel as it appears on a card."""
    return {
        "username": user.username,
        "full_name": user.get_full_name(),
        **image_urls(user, AVATAR),
        "subscribers": user.subscriber_count,
    }


def serialize_channel(user: User, viewer: dict[str, Any] | None) -> dict[str, Any]:
    """A channel as others see it. ``viewer`` is ``{is_self, is_subscribed, notify}`` or ``None``."""
    return {
        "username": user.username,
        "full_name": user.get_full_name(),
        "bio": user.bio,
        "links": user.links,
        **image_urls(user, AVATAR),
        **image_urls(user, COVER),
        "counts": serialize_counts(user),
        "created_at": iso(user.created_at),
        "viewer": viewer,
    }


def serialize_counts(user: User) -> dict[str, int]:
    """The channel's counters."""
    return {
        "subscribers": user.subscriber_count,
        "subscriptions": user.subscription_count,
        "videos": user.video_count,
        "views": user.view_count,
    }


def serialize_undeliverable_email(user: User) -> dict[str, str | None] | None:
    """Return ``{email, at, reason}`` of the account's address that a mail server refused for good, if there is one."""
    address = deliverability.refused_address(user)
    if not address:
        return None
    at = user.undeliverable_at
    return {"email": address, "at": iso(at) if at else None, "reason": user.undeliverable_reason or ""}


def serialize_account(user: User) -> dict[str, Any]:
    """``GET /me``."""
    return {
        "id": user.pk,
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "email_verified": user.email_verified,
        "email_undeliverable": serialize_undeliverable_email(user),
        "bio": user.bio,
        "links": user.links,
        **image_urls(user, AVATAR),
        **image_urls(user, COVER),
        "counts": serialize_counts(user),
        "preferences": preferences.with_defaults(user.preferences),
        "is_staff": user.is_staff,
        "created_at": iso(user.created_at),
    }
