"""API responses: heartbeats of players."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict


class HeartbeatResultDict(TypedDict):
    """Result of a heartbeat."""

    position: float
    completed: bool
    view: Annotated[Literal["open", "counted", "owner", "bot"], "The verdict on this viewer's view of today."]
    remembered: Annotated[bool, "Whether it is in the caller's history."]
