"""API responses: heartbeats of players."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

Verdict = Literal["open", "counted", "owner", "bot"]


class HeartbeatResultDict(TypedDict):
    """Result of a heartbeat."""

    position: float
    completed: bool
    view: Annotated[Verdict, "The verdict on this viewer's view of today."]
    remembered: Annotated[bool, "Whether it is in the caller's history."]
