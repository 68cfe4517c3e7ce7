"""Heartbeats: while a video plays, the player reports its position and the intervals shown since its last report.

``view_session {_id, video, channel, day, source, sessions, started_at, last_at, seconds, seen, verdict, folded,
dirty, claim, counted_by, purge_at}`` is one viewer, one video, one UTC day. ``seconds`` is the time watched by the
server's clock: each heartbeat adds the time since the previous one, but not more than the player reports as shown.
However many players and heartbeats a viewer sends, the sum never exceeds the time that passed. ``verdict`` is
``open`` until enough was watched, then ``counted``, once; views that never count have the reason from the start
(``owner``, ``bot``). ``seen`` and the other fields are processed by ``aggregation``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from streamsite.visibility import is_owner
from videos.models import Video
from videos.playback import session_store, viewers
from videos.playback.session_store import BOT, COUNTED, OPEN, OWNER
from videos.schemas.playback import Verdict
from videos.video_store import BriefVideo

SOURCES = (
    "home",
    "search",
    "related",
    "channel",
    "playlist",
    "feed",
    "history",
    "embed",
    "external",
    "direct",
)
VIEW_SECONDS, VIEW_SHARE = 10.0, 1 / 3
MAX_GAP_SECONDS = 60.0  # of silence that may have been watching
MAX_SPEED, MAX_FIRST_SECONDS = (
    4.0,
    5.0,
)  # times the speed of a clock; seconds that may come with a first heartbeat
MAX_INTERVALS, MAX_SESSIONS, MAX_PENDING = 50, 20, 500
SESSION_PATTERN = re.compile(r"\A[A-Za-z0-9_-]{1,64}\Z")


@dataclass(frozen=True)
class Heartbeat:
    """The body of a heartbeat, in seconds of the video; ``watched`` is sorted and does not overlap."""

    position: float
    watched: tuple[tuple[float, float], ...]
    session: str
    source: str

    @property
    def shown(self) -> float:
        """Seconds of the video that were shown."""
        return sum(end - start for start, end in self.watched)


def parse_heartbeat(data: Mapping[str, Any], duration: float) -> Heartbeat:
    """Return a heartbeat, cut to the video's length, from the fields of ``HeartbeatSerializer``."""
    return Heartbeat(
        min(data["position"], duration),
        _intervals(data.get("watched", ()), duration),
        data.get("session", ""),
        data.get("source", "direct"),
    )


@dataclass(frozen=True)
class HeartbeatResult:
    """The result of a heartbeat: the session's ``verdict`` so far, and whether this heartbeat made it count."""

    verdict: Verdict
    is_new_view: bool


def record_heartbeat(request: HttpRequest, video: Video | BriefVideo, beat: Heartbeat) -> HeartbeatResult:
    """Add a heartbeat to the viewer's session of today."""
    day = datetime.now(UTC).date().isoformat()
    viewer = viewers.viewer_key(request, day)
    verdict = OWNER if is_owner(request.user, video.channel_id) else BOT if viewers.is_bot(request) else OPEN
    mark = secrets.token_hex(8)
    fresh = {
        "video": video.pk,
        "channel": video.channel_id,
        "day": day,
        "source": beat.source,
        "verdict": verdict,
    }
    session_id = hashlib.sha256(f"{viewer} {video.pk} {day}".encode()).hexdigest()[:32]
    change = _change(beat, fresh, mark, required_seconds(video.duration))
    after = session_store.update_session(session_id, change)
    return HeartbeatResult(after["verdict"], after.get("counted_by") == mark)


def required_seconds(duration: float) -> float:
    """Return how long a video of this length must be watched for a view."""
    return min(VIEW_SECONDS, duration * VIEW_SHARE)


def _change(beat: Heartbeat, fresh: Mapping[str, str], mark: str, needed: float) -> list[dict[str, object]]:
    """Return the update as a pipeline: first the time that passed, then the fields that follow from it."""
    silence = {"$divide": [{"$subtract": ["$$NOW", {"$ifNull": ["$last_at", "$$NOW"]}]}, 1000]}
    credit = {"$min": [silence, MAX_GAP_SECONDS, beat.shown]}
    # Players have a maximum speed: intervals too long to have been shown since the last heartbeat are discarded.
    most_shown = {
        "$add": [MAX_FIRST_SECONDS, {"$multiply": [MAX_SPEED, {"$min": [silence, MAX_GAP_SECONDS]}]}]
    }
    shown = {
        "$cond": [{"$lte": [beat.shown, most_shown]}, {"$literal": [list(pair) for pair in beat.watched]}, []]
    }
    waiting = {"$concatArrays": [{"$ifNull": ["$seen", []]}, shown]}
    named = {
        "$setUnion": [{"$ifNull": ["$sessions", []]}, {"$literal": [beat.session] if beat.session else []}]
    }
    counts = {"$and": [{"$eq": ["$verdict", OPEN]}, {"$gte": ["$seconds", needed]}]}
    return [
        {"$set": {name: {"$ifNull": [f"${name}", {"$literal": value}]} for name, value in fresh.items()}},
        {
            "$set": {
                "started_at": {"$ifNull": ["$started_at", "$$NOW"]},
                "seconds": {"$add": [{"$ifNull": ["$seconds", 0]}, credit]},
                "last_at": "$$NOW",
                "seen": {"$slice": [waiting, -MAX_PENDING]},
                "sessions": {"$slice": [named, MAX_SESSIONS]},
                "dirty": True,
            }
        },
        {
            "$set": {
                "verdict": {"$cond": [counts, COUNTED, "$verdict"]},
                "counted_by": {"$cond": [counts, mark, "$counted_by"]},
            }
        },
    ]


def _intervals(pairs: Iterable[Sequence[float]], duration: float) -> tuple[tuple[float, float], ...]:
    """Return the pairs sorted, cut to the video's length and merged where they touch."""
    shown = ((start, min(end, duration)) for start, end in pairs)
    return _joined(sorted(pair for pair in shown if pair[1] > pair[0]))


def _joined(pairs: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    joined: list[tuple[float, float]] = []
    for start, end in pairs:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
