"""Notification types: their sentences, icons, and preferences.

A row stores its kind and values, and is put into words when it is read, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import preferences
from streamsite import formats
from videos.moderation import emails

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

PAGE, MAIL, BOTH = "page", "email", "both"


@dataclass(frozen=True)
class NotificationType:
    """A notification type. ``sentence`` has ``%(who)s``, ``%(title)s``, and ``%(what)s``; ``icon`` is one of the page.

    Kinds with several sentences have them in ``VARIANTS``. Their ``sentence`` is for rows of earlier releases, whose
    ``what`` is a phrase.

    ``wish`` names the deciding preference if it is not the type's own. ``stored_as`` is the value of the rows' field
    ``kind`` if it differs: one that the previous release knows, since it would fail on any other.
    """

    sentence: StrOrPromise
    icon: str
    wish: str = ""
    stored_as: str = ""


VIDEO, POST = "video", "post"
COMMENT, REPLY, MENTION, HEART = "comment", "reply", "mention", "heart"
THREAD, HELD, APPROVED = "thread", "held", "approved"
MILESTONE, PROCESSING, SHARE = "milestone", "processing", "share"
MODERATION, SECURITY = "moderation", "security"
NOTIFICATION_TYPES = {
    VIDEO: NotificationType(gettext_lazy("%(who)s published “%(title)s”"), "film"),
    POST: NotificationType(gettext_lazy("%(who)s posted: “%(title)s”"), "text"),
    COMMENT: NotificationType(gettext_lazy("%(who)s commented on “%(title)s”"), "comment"),
    REPLY: NotificationType(gettext_lazy("%(who)s replied to your comment on “%(title)s”"), "reply"),
    THREAD: NotificationType(
        gettext_lazy("%(who)s replied in a thread you follow on “%(title)s”"), "reply", stored_as=REPLY
    ),
    MENTION: NotificationType(gettext_lazy("%(who)s mentioned you on “%(title)s”"), "comment"),
    HEART: NotificationType(gettext_lazy("%(who)s hearted your comment on “%(title)s”"), "heart"),
    HELD: NotificationType("%(what)s: “%(title)s”", "clock", wish="review", stored_as=MODERATION),
    APPROVED: NotificationType(
        gettext_lazy("Your comment on “%(title)s” was approved"), "check", wish="review", stored_as=MODERATION
    ),
    MILESTONE: NotificationType("%(what)s: “%(title)s”", "trending-up"),
    PROCESSING: NotificationType("“%(title)s” %(what)s", "film"),
    SHARE: NotificationType(gettext_lazy("%(who)s invited you to collaborate on “%(title)s”"), "share"),
    MODERATION: NotificationType("%(what)s: “%(title)s”", "shield"),
    SECURITY: NotificationType("%(title)s", "lock"),
}
# Sentences by the code in ``what``, which may be followed by a number: ``likes:1000``.
WAITING, LIKES, SUBSCRIBERS = "waiting", "likes", "subscribers"
READY, FAILED, REFRESH_REUSED = "ready", "failed", "refresh_reused"
ACCOUNT_WARNED = "account_warned"
VARIANTS: dict[str, dict[str, StrOrPromise]] = {
    HELD: {
        WAITING: ngettext_lazy(
            "%(number)s comment on “%(title)s” is waiting for review",
            "%(number)s comments on “%(title)s” are waiting for review",
            "count",
        )
    },
    MILESTONE: {
        LIKES: ngettext_lazy(
            "“%(title)s” reached %(number)s like", "“%(title)s” reached %(number)s likes", "count"
        ),
        SUBSCRIBERS: ngettext_lazy(
            "Your channel reached %(number)s subscriber",
            "Your channel reached %(number)s subscribers",
            "count",
        ),
    },
    PROCESSING: {
        READY: gettext_lazy("“%(title)s” is ready"),
        FAILED: gettext_lazy("“%(title)s” couldn't be processed"),
    },
    MODERATION: {
        emails.GRANTED: gettext_lazy("Your appeal about “%(title)s” was granted"),
        emails.DENIED: gettext_lazy("Your appeal about “%(title)s” was denied"),
        emails.REMOVED: gettext_lazy("We removed “%(title)s” for breaking our rules"),
        emails.WARNED: gettext_lazy("“%(title)s” breaks our rules. We've left it up with a warning"),
        ACCOUNT_WARNED: gettext_lazy("Warning from our moderators: “%(title)s”"),
        emails.REPORT_REMOVED: gettext_lazy("Thanks for your report: we removed “%(title)s”"),
        emails.REPORT_WARNED: gettext_lazy("Thanks for your report: we took action on “%(title)s”"),
        emails.REPORT_KEPT: gettext_lazy("Thanks for your report: “%(title)s” doesn't break our rules"),
    },
    SECURITY: {
        REFRESH_REUSED: gettext_lazy(
            "We signed out one of your devices because its session was used elsewhere"
        )
    },
}
# Sentences about several people, or about several comments of one, on the same subject.
GROUP_SENTENCES: dict[str, StrOrPromise] = {
    COMMENT: ngettext_lazy(
        "%(who)s and %(number)s other commented on “%(title)s”",
        "%(who)s and %(number)s others commented on “%(title)s”",
        "count",
    ),
    REPLY: ngettext_lazy(
        "%(who)s and %(number)s other replied to your comment on “%(title)s”",
        "%(who)s and %(number)s others replied to your comment on “%(title)s”",
        "count",
    ),
    THREAD: ngettext_lazy(
        "%(who)s and %(number)s other replied in a thread you follow on “%(title)s”",
        "%(who)s and %(number)s others replied in a thread you follow on “%(title)s”",
        "count",
    ),
}
SEVERAL_SENTENCES: dict[str, StrOrPromise] = {
    COMMENT: ngettext_lazy(
        "%(who)s left %(number)s comment on “%(title)s”",
        "%(who)s left %(number)s comments on “%(title)s”",
        "count",
    ),
    REPLY: ngettext_lazy(
        "%(who)s replied %(number)s time to your comment on “%(title)s”",
        "%(who)s replied %(number)s times to your comment on “%(title)s”",
        "count",
    ),
    THREAD: ngettext_lazy(
        "%(who)s replied %(number)s time in a thread you follow on “%(title)s”",
        "%(who)s replied %(number)s times in a thread you follow on “%(title)s”",
        "count",
    ),
}
BROADCAST_KINDS = (VIDEO, POST)
# Kinds that browsers show as well, where the account wants them on the site.
PUSHED_KINDS = (VIDEO, REPLY, THREAD, MENTION)
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


def preference_kind(kind: str) -> str:
    """Return the kind whose preference decides about ``kind``; "" if accounts cannot turn it off."""
    deciding = NOTIFICATION_TYPES[kind].wish or kind
    return deciding if deciding in preferences.NOTIFICATION_KINDS else ""


def numbered(code: str, count: int) -> str:
    """Return the value of a row's ``what`` for a code with a number."""
    return f"{code}:{count}"


def render_sentence(kind: str, *, who: str, what: str, title: str) -> str:
    """Return a notification's text in the active language."""
    code, _colon, digits = what.partition(":")
    sentence = VARIANTS.get(kind, {}).get(code, NOTIFICATION_TYPES[kind].sentence)
    count = int(digits) if digits.isdecimal() else 0
    values = {"who": who or _("Someone"), "what": what, "title": title, "count": count}
    return str(sentence % (values | {"number": formats.number(count)}))


def render_group(kind: str, *, who: str, others: int, count: int, title: str) -> str:
    """Return the text of ``count`` notifications about the same in the active language.

    ``others`` is the number of people besides ``who``.
    """
    sentence = GROUP_SENTENCES[kind] if others else SEVERAL_SENTENCES[kind]
    shown = others or count
    return str(
        sentence
        % {"who": who or _("Someone"), "title": title, "count": shown, "number": formats.number(shown)}
    )
