"""The kinds of notifications: how each is said, and whether people choose where they hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts import preferences

PAGE, MAIL, BOTH = "page", "email", "both"


@dataclass(frozen=True)
class Kind:
    """``sentence`` has ``{who}``, ``{what}`` and ``{title}``. ``icon`` is one of the page's.

    ``wish`` names the preference that decides about it where that is not its own. ``stored_as`` is what the field
    ``kind`` of its rows says: a kind that the previous release knows, which would fail on any other.
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
KINDS = {
    VIDEO: Kind("{who} published “{title}”", "film"),
    POST: Kind("{who} posted: “{title}”", "text"),
    COMMENT: Kind("{who} commented on “{title}”", "comment"),
    REPLY: Kind("{who} replied to your comment on “{title}”", "reply"),
    THREAD: Kind("{who} replied in a thread you follow on “{title}”", "reply", stored_as=REPLY),
    MENTION: Kind("{who} mentioned you on “{title}”", "comment"),
    HEART: Kind("{who} loved your comment on “{title}”", "heart"),
    HELD: Kind("{what}: “{title}”", "clock", wish="review", stored_as=MODERATION),
    APPROVED: Kind("{what}: “{title}”", "check", wish="review", stored_as=MODERATION),
    MILESTONE: Kind("{what}: “{title}”", "trending-up"),
    PROCESSING: Kind("“{title}” {what}", "film"),
    SHARE: Kind("{who} {what} “{title}”", "share"),
    MODERATION: Kind("{what}: “{title}”", "shield"),
    SECURITY: Kind("{title}", "lock"),
}
BROADCAST = (VIDEO, POST)
# Those about one comment, whose id follows the kind in the row's key.
ABOUT_COMMENTS = (COMMENT, REPLY, THREAD, MENTION, HEART, APPROVED)


def key_of(kind: str, occasion: str) -> str:
    """Return the key of a row: it makes an account be told of an occasion once."""
    return f"{kind}:{occasion}"[:120]


def kind_of(row: Mapping[str, Any]) -> str:
    """Return the kind of a row or broadcast."""
    kind = str(row.get("key") or "").partition(":")[0]
    return kind if kind in KINDS else str(row["kind"])


def wishes(stored: Mapping[str, Any], kind: str) -> tuple[bool, bool]:
    """Return whether an account with these preferences hears of ``kind`` on the page, and by email."""
    name = f"notify_{KINDS[kind].wish or kind}"
    chosen = preferences.complete(stored).get(name, PAGE)
    return chosen in {PAGE, BOTH}, chosen in {MAIL, BOTH}


def sentence(kind: str, *, who: str, what: str, title: str) -> str:
    """Return a notification in words."""
    return KINDS[kind].sentence.format(who=who or "Somebody", what=what, title=title)
