"""The rows of the list of notifications: similar notifications as one, each with its video's thumbnail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from accounts.schemas import ChannelBadgeDict
from subscriptions.notifications import references
from subscriptions.notifications.notification_types import (
    BROADCAST_KINDS,
    GROUP_SENTENCES,
    preference_kind,
    render_group,
)
from subscriptions.schemas import NotificationDict, NotificationThreadDict
from videos import thumbnails
from videos.models import Video


class Note(NamedTuple):
    """A notification and the title of what it is about."""

    body: NotificationDict
    title: str


class CoverDict(TypedDict):
    """The thumbnail of the video that a row leads to."""

    thumbnail_url: str | None
    is_sensitive: bool


@dataclass
class NoteRow:
    """One row: ``body`` is the latest of the notifications with the ``ids``, ``text`` says what happened in all.

    ``mutes_kind`` is the preference that turns notifications like it off, ``mutes_channel`` the username of the
    channel whose announcements it is one of; "" without.
    """

    ids: list[str]
    body: NotificationDict
    text: str
    cover: CoverDict | None = None

    @property
    def thread(self) -> NotificationThreadDict | None:
        """The thread of a reply."""
        return self.body["thread"]

    @property
    def actor(self) -> ChannelBadgeDict | None:
        """The account that caused the latest notification."""
        return self.body["actor"]

    @property
    def mutes_kind(self) -> str:
        """The preference that turns notifications like this off."""
        return preference_kind(self.body["kind"])

    @property
    def mutes_channel(self) -> str:
        """The channel that announced it."""
        actor = self.body["actor"]
        return actor["username"] if actor and self.body["kind"] in BROADCAST_KINDS else ""


def group_notes(notes: Sequence[Note], covers: Mapping[str, Video]) -> list[NoteRow]:
    """Return the rows of a page of notifications, latest first, with the thumbnails of those videos of ``covers``.

    Comments on the same video or post and replies in the same thread are one row, unread and read ones apart.
    """
    groups: dict[tuple[object, ...], list[Note]] = {}
    for note in notes:
        groups.setdefault(_group_key(note.body), []).append(note)
    rows = [_row(members) for members in groups.values()]
    for row in rows:
        if row.body["url"].startswith("/watch/") and (video := covers.get(_subject_id(row.body))):
            row.cover = _cover(video)
    return rows


def _group_key(body: NotificationDict) -> tuple[object, ...]:
    subject = _subject_id(body)
    if body["kind"] not in GROUP_SENTENCES or not subject:
        return (body["id"],)
    thread = body["thread"]
    return (body["kind"], subject, thread["id"] if thread else "", body["is_read"])


def _subject_id(body: NotificationDict) -> str:
    page = references.PAGE_PATTERN.match(body["url"])
    return page["subject"] if page else ""


def _row(members: list[Note]) -> NoteRow:
    body, title = members[0]
    text = body["text"]
    if len(members) > 1:
        actor = body["actor"]
        people = {member.body["actor"]["username"] for member in members if member.body["actor"]}
        text = render_group(
            body["kind"],
            who=(actor["full_name"] or actor["username"]) if actor else "",
            others=len(people) - 1 if actor else 0,
            count=len(members),
            title=title,
        )
    return NoteRow([member.body["id"] for member in members], body, text)


def _cover(video: Video) -> CoverDict:
    return {
        "thumbnail_url": thumbnails.thumbnail_url(video, thumbnails.CARD),
        "is_sensitive": video.shown_as_sensitive,
    }
