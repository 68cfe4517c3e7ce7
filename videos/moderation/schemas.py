"""API responses: reports, decisions and blocks."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import Timestamp, choices
from videos.models.moderation import CaseState, Decision, Reason


class ReportDict(TypedDict):
    """A report as its reporter sees it."""

    id: str
    reason: Annotated[str, choices(Reason.choices)]
    text: str
    created_at: Timestamp


class DecisionDict(TypedDict):
    """A moderation decision on something the caller owns."""

    id: str
    about: str
    title: str
    state: Annotated[str, choices(CaseState.choices)]
    decision: Annotated[str, choices(Decision.choices)]
    notice: str
    decided_at: Timestamp
    appeal: str
    can_appeal: bool


class BlockStateDict(TypedDict):
    """The state of the caller's block of a channel."""

    is_blocked: bool
