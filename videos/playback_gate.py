"""The one rule of who may watch a video, for rows, documents, queries and pipelines.

A video's owner may always watch it. Others may once it has a generation to play, unless staff took it down or its
channel's account is inactive, and unless it is private. ``OPEN_CONDITIONS`` states the rule; everything else here is
derived from it. No other module decides by ``is_taken_down``, but ``videos.review``: what staff may watch in the admin.

Lists are stricter than addresses: a public video is in them once it has a thumbnail besides, or is complete without
one, as a file is of which no frame can be taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from streamsite.visibility import Viewer, Visibility, is_linkable, is_listed, is_owner, unlisted_match

if TYPE_CHECKING:
    from videos.models import Video


@dataclass(frozen=True)
class Condition:
    """A field of the gate that must have ``value``, or with ``negated`` any other value."""

    field: str
    value: str | bool
    negated: bool = False

    def holds(self, value: object) -> bool:
        """Return whether a field with this ``value`` meets the condition."""
        return (value == self.value) != self.negated

    def match(self) -> dict[str, object]:
        """Return the condition for ``$match``."""
        return {self.field: {"$ne": self.value} if self.negated else self.value}

    def q(self) -> Q:
        """Return the condition for a queryset of videos; not for ``CHANNEL_ACTIVE``, which is not in their rows."""
        condition = Q(**{self.field: self.value})
        return ~condition if self.negated else condition


CHANNEL_ACTIVE = Condition("channel_is_active", True)
HAS_GENERATION = Condition("generation", "", negated=True)
NOT_TAKEN_DOWN = Condition("is_taken_down", False)
OPEN_CONDITIONS = (CHANNEL_ACTIVE, HAS_GENERATION, NOT_TAKEN_DOWN)


@dataclass(frozen=True)
class PlaybackGate:
    """The facts that decide who may watch one video: fields of its row and the state of its channel's account."""

    channel_id: str
    visibility: str
    generation: str
    is_taken_down: bool
    channel_is_active: bool
    has_poster: bool
    is_complete: bool

    # The fields of a video's document that ``from_document`` needs.
    DOCUMENT_FIELDS = (
        "channel_id",
        "visibility",
        "generation",
        "is_taken_down",
        "has_poster",
        "is_complete",
    )

    @classmethod
    def of(cls, video: Video, *, channel_is_active: bool | None = None) -> PlaybackGate:
        """Return the gate of a row. Its channel must be loaded, unless ``channel_is_active`` is given."""
        if channel_is_active is None:
            channel_is_active = video.channel.is_active
        return cls(
            video.channel_id,
            video.visibility,
            video.generation,
            video.is_taken_down,
            channel_is_active,
            video.has_poster,
            video.is_complete,
        )

    @classmethod
    def from_document(cls, document: Mapping[str, object], *, channel_is_active: bool) -> PlaybackGate:
        """Return the gate of a document with ``DOCUMENT_FIELDS``; a missing field closes it to others."""
        return cls(
            str(document["channel_id"]),
            str(document.get("visibility", Visibility.PRIVATE)),
            str(document.get("generation", "")),
            bool(document.get("is_taken_down", False)),
            channel_is_active,
            bool(document.get("has_poster", False)),
            bool(document.get("is_complete", False)),
        )

    def meets(self, condition: Condition) -> bool:
        """Return whether the video meets one of ``OPEN_CONDITIONS``."""
        return condition.holds(getattr(self, condition.field))

    @property
    def is_open(self) -> bool:
        """True when others may watch the video at all: by a share link or by its visibility."""
        return all(self.meets(condition) for condition in OPEN_CONDITIONS)

    @property
    def allows_anyone(self) -> bool:
        """True when everyone with the URL may watch the video."""
        return self.is_open and is_linkable(self.visibility)

    @property
    def is_listed(self) -> bool:
        """True when the video belongs in everyone's lists: open, public, and with a thumbnail or complete."""
        return self.is_open and is_listed(self.visibility) and (self.has_poster or self.is_complete)

    def allows(self, viewer: Viewer) -> bool:
        """Return whether ``viewer`` may watch the video without a share link."""
        return is_owner(viewer, self.channel_id) or self.allows_anyone

    def unchanged(self) -> Q:
        """Return the condition that a row still has the fields by which this gate decided."""
        return Q(
            visibility=self.visibility,
            generation=self.generation,
            is_taken_down=self.is_taken_down,
            has_poster=self.has_poster,
            is_complete=self.is_complete,
        )


def unlisted_open_match() -> dict[str, object]:
    """Return the ``$match`` of videos that are in no list and open by their address. Join active channels."""
    conditions: dict[str, object] = dict(unlisted_match())
    for condition in OPEN_CONDITIONS:
        if condition is not CHANNEL_ACTIVE:
            conditions |= condition.match()
    return conditions
