"""Build push messages: a notification in the recipient's language, small enough for every push service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypedDict

from django.urls import reverse
from django.utils.translation import get_language

from accounts import locale
from accounts.models import User
from streamsite.languages import direction
from streamsite.sanitize import clean_line, truncate_line
from subscriptions.notifications import references
from subscriptions.notifications.access import NotificationContext
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import (
    VIDEO,
    notification_kind,
    render_sentence,
)
from subscriptions.notifications.push.vapid import encode
from videos import thumbnails

MAX_BYTES = 3_000
MAX_TITLE, MAX_BODY = 180, 140
# First strong isolate, pop directional isolate: a name in another script keeps to itself.
ISOLATED = "\u2068{}\u2069"


class MessageDict(TypedDict, total=False):
    """The message as ``static/js/push/worker.js`` reads it. Addresses are of this site."""

    id: str
    title: str
    body: str
    url: str
    tag: str
    lang: str
    dir: str
    icon: str
    image: str
    at: int


def build(entry: Entry, context: NotificationContext, user: User, *, excerpt: str) -> bytes:
    """Return an entry's message as JSON of at most ``MAX_BYTES``. ``excerpt`` is the text of its comment."""
    kind, actor = notification_kind(entry.row), context.actor(entry)
    title, url = context.announced.get(
        entry.row.get("subject", ""), (entry.row.get("title", ""), entry.row.get("url", ""))
    )
    who = actor.get_full_name() or actor.username if actor is not None else ""
    with locale.speak_to(user):
        message: MessageDict = {
            "id": entry.pk,
            "title": render_sentence(
                kind,
                who=_isolated(truncate_line(clean_line(who), MAX_TITLE // 3)),
                what=entry.row.get("what", ""),
                title=_isolated(truncate_line(clean_line(title), MAX_TITLE // 2)),
            ),
            "body": truncate_line(clean_line(excerpt), MAX_BODY),
            "url": url,
            "tag": tag(entry.row),
            "lang": get_language() or "",
            "dir": direction(),
            "icon": reverse("touch-icon"),
            "at": int(entry.created_at.timestamp() * 1000),
        }
    if image := _image(entry, context):
        message["image"] = image
    return _fit(message)


def _fit(message: MessageDict) -> bytes:
    """Return the message as JSON, without what can be spared if it would be too long."""
    written = _written(message)
    for name in ("image", "body"):
        if len(written) <= MAX_BYTES:
            break
        message = {key: value for key, value in message.items() if key != name}  # type: ignore[assignment]
        written = _written(message)
    return written


def _written(message: Mapping[str, object]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def tag(row: Mapping[str, object]) -> str:
    """Return what a browser groups by: a new reply in a thread takes the place of the one before it."""
    kind = notification_kind(row)
    if kind == VIDEO:
        return f"{kind}:{row.get('subject', '')}"
    page = references.PAGE_PATTERN.match(str(row.get("url", "")))
    return f"{page['subject']}:{page['thread'] or ''}" if page else f"{kind}:{row['_id']}"


def topic(row: Mapping[str, object]) -> str:
    """Return the tag as push services take it: of messages with the same one, only the last is kept until delivery."""
    return encode(hashlib.sha256(tag(row).encode()).digest()[:24])


def _isolated(text: str) -> str:
    return ISOLATED.format(text) if text else ""


def _image(entry: Entry, context: NotificationContext) -> str:
    """Return the thumbnail of an announced video at its lasting address, "" for a sensitive one."""
    cover = context.covers.get(entry.row.get("subject", ""))
    if cover is None or cover.shown_as_sensitive:
        return ""
    return thumbnails.thumbnail_url(cover, thumbnails.CARD) or ""
