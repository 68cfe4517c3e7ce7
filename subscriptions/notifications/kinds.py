"""The kinds of notifications: how each is said, and whether people choose where they hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts import preferences

PAGE, MAIL, BOTH = "page", "email", "both"


@dataclass(frozen=True)
class Kind:
    """``sentence`` has ``{who}``, ``{what}`` and ``{title}``. ``icon`` is one of the page's."""

    sentence: str
    icon: str


VIDEO, POST = "video", "post"
COMMENT, REPLY, MENTION, HEART = "comment", "reply", "mention", "heart"
MILESTONE, PROCESSING, SHARE = "milestone", "processing", "share"
MODERATION, SECURITY = "moderation", "security"
KINDS = {
    VIDEO: Kind("{who} published “{title}”", "film"),
    POST: Kind("{who} posted: “{title}”", "text"),
    COMMENT: Kind("{who} commented on “{title}”", "comment"),
    REPLY: Kind("{who} replied to your comment on “{title}”", "reply"),
    MENTION: Kind("{who} mentioned you on “{title}”", "comment"),
    HEART: Kind("{who} loved your comment on “{title}”", "heart"),
    MILESTONE: Kind("{what}: “{title}”", "trending-up"),
    PROCESSING: Kind("“{title}” {what}", "film"),
    SHARE: Kind("{who} {what} “{title}”", "share"),
    MODERATION: Kind("{what}: “{title}”", "shield"),
    SECURITY: Kind("{title}", "lock"),
}
BROADCAST = (VIDEO, POST)


def wishes(stored: Mapping[str, Any], kind: str) -> tuple[bool, bool]:
    """Whether an account with these preferences hears of ``kind`` on the page, and by email."""
    chosen = preferences.complete(stored).get(f"notify_{kind}", PAGE)
    return chosen in {PAGE, BOTH}, chosen in {MAIL, BOTH}


def sentence(kind: str, *, who: str, what: str, title: str) -> str:
    """A notification in words."""
    return KINDS[kind].sentence.format(who=who or "Somebody", what=what, title=title)
