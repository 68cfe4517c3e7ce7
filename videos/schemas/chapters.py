"""API responses: chapters."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import Schema


class ChapterDict(TypedDict):
    """A chapter; ``start`` is in seconds."""

    start: float
    title: Annotated[str, Schema(maxLength=100)]


class ChapterProblemDict(TypedDict):
    """Reason for a missing chapter list, or for a line that was left out."""

    code: Annotated[str, "A stable code; new ones may be added."]
    detail: Annotated[str, "The explanation to show."]
    line: Annotated[int | None, "Counted from 1; null for the whole text."]


class ChapterPreviewDict(TypedDict):
    """The chapters that a text would give the video, and its problems."""

    chapters: list[ChapterDict]
    problems: list[ChapterProblemDict]
