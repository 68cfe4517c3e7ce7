"""Notification types: their sentences, icons, and preferences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts import preferences

PAGE, MAIL, BOTH = "page", "email", "both"


@dataclass(frozen=True)
class NotificationType:
    """A notification type. ``sentence`` has ``{who}``, ``{what}``, and ``{title}``; ``icon`` is an icon of the page.

    ``wish`` names the deciding preference if it is not the type's own. ``stored_as`` is the value of the rows' field
    ``kind`` if it differs: one that the previous release knows, since it would fail on any other.
    """

    sentence: str
    icon: str
    wish: str = ""
    stored_as: str = ""


VIDEO, POST = "video", "post"
COMMENT, REPLY, MENTION, HEART = "comment", "reply", "mention", "heart"
THREAD, HELD, APPROVED = "thread", "held", "approved"
MILESTONE, PROCESSING, SHARE = "milestone", "processing", "share"
MODERATION, SECURITY = "moderation", "security"
NOTIFICATION_TYPES = {
    VIDEO: NotificationType("{who} published “{title}”", "film"),
    POST: NotificationType("{who} posted: “{title}”", "text"),
    COMMENT: NotificationType("{who} commented on “{title}”", "comment"),
    REPLY: NotificationType("{who} replied to your comment on “{title}”", "reply"),
    THREAD: NotificationType("{who} replied in a thread you follow on “{title}”", "reply", stored_as=REPLY),
    MENTION: NotificationType("{who} mentioned you on “{title}”", "comment"),
    HEART: NotificationType("{who} loved your comment on “{title}”", "heart"),
    HELD: NotificationType("{what}: “{title}”", "clock", wish="review", stored_as=MODERATION),
    APPROVED: NotificationType("{what}: “{title}”", "check", wish="review", stored_as=MODERATION),
    MILESTONE: NotificationType("{what}: “{title}”", "trending-up"),
    PROCESSING: NotificationType("“{title}” {what}", "film"),
    SHARE: NotificationType("{who} {what} “{title}”", "share"),
    MODERATION: NotificationType("{what}: “{title}”", "shield"),
    SECURITY: NotificationType("{title}", "lock"),
}
BROADCAST_KINDS = (VIDEO, POST)
# Kinds about one comment, whose id follows the kind in the row's key.
COMMENT_KINDS = (COMMENT, REPLY, THREAD, MENTION, HEART, APPROVED)


def notification_key(kind: str, occasion: str) -> str:
    """Return the key of a row, which notifies an account of an occasion once."""
    return f"{kind}:{occasion}"[:120]


def notification_kind(row: Mapping[str, object]) -> str:
    """Return the kind of a row or broadcast."""
    kind = str(row.get("key") or "").partition(":")[0]
    return kind if kind in NOTIFICATION_TYPES else str(row["kind"])


def delivery_channels(stored: Mapping[str, object], kind: str) -> tuple[bool, bool]:
    """Return whether an account with these preferences is notified of ``kind`` on the page, and by email."""
    name = f"notify_{NOTIFICATION_TYPES[kind].wish or kind}"
    chosen = preferences.with_defaults(stored).get(name, PAGE)
    return chosen in {PAGE, BOTH}, chosen in {MAIL, BOTH}


def render_sentence(kind: str, *, who: str, what: str, title: str) -> str:
    """Return a notification's text."""
    return NOTIFICATION_TYPES[kind].sentence.format(who=who or "Somebody", what=what, title=title)
