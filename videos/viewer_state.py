"""A viewer's state for a video, and its caption tracks, in one read.

Other apps add what they know: a part of that read, which answers ``{<name of a field of ViewerState>: value}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamsite.visibility import Viewer
from videos.block_store import BLOCKS
from videos.captions import services
from videos.captions import store as caption_store
from videos.comments import hidden_counts
from videos.models import Caption, Reaction, Video, Watch


@dataclass(frozen=True)
class ViewerState:
    """A viewer's state for one video: their reaction, and the second to resume at (0 for the beginning).

    ``in_watch_later`` and ``notify``, the bell of a subscription to the channel (``None`` without one), come from the
    apps that store them. ``hidden_comments`` is the number of comments that the viewer's blocks hide.
    """

    reaction: str | None = None
    position: float = 0.0
    in_watch_later: bool = False
    notify: str | None = None
    hidden_comments: int = 0


# From an account's id and a video to ``(collection, pipeline)``.
ViewerStateProvider = Callable[[str, Video], tuple[str, list[dict[str, object]]]]
_providers: list[ViewerStateProvider] = []


def register_viewer_state_provider(provider: ViewerStateProvider) -> ViewerStateProvider:
    """Register a part of the read of ``load_viewer_state``."""
    _providers.append(provider)
    return provider


@dataclass(frozen=True)
class ViewerContext:
    """The caption tracks of a video and the viewer's state, which is empty without an account."""

    tracks: list[Caption]
    viewer: ViewerState


def load_viewer_state(viewer: Viewer, video: Video) -> ViewerContext:
    """Load the viewer's state for a video and its caption tracks. One aggregate."""
    stages: list[dict[str, object]] = [
        {"$match": {"video_id": video.pk}},
        {"$project": {"cues": 0}},
        {"$set": {"is_track": True}},
    ]
    if viewer.is_authenticated:
        user_id = str(viewer.pk)
        pair = {"$match": {"user_id": user_id, "video_id": video.pk}}
        parts = [
            (Reaction._meta.db_table, [pair, {"$project": {"_id": 0, "reaction": "$value"}}]),
            (
                Watch._meta.db_table,
                [pair, {"$match": {"completed": False}}, {"$project": {"_id": 0, "position": 1}}],
            ),
            (BLOCKS, hidden_counts.hidden_count_stages(user_id, video.pk)),
            *(provider(user_id, video) for provider in _providers),
        ]
        stages += [{"$unionWith": {"coll": name, "pipeline": pipeline}} for name, pipeline in parts]
    tracks: list[Caption] = []
    known: dict[str, Any] = {}
    for row in caption_store.aggregate(stages):
        if row.pop("is_track", False):
            tracks.append(Caption(pk=str(row.pop("_id")), **row))
        else:
            known |= row
    return ViewerContext(services.sort_tracks(tracks), ViewerState(**known))
