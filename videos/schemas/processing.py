"""API responses: processing of a video."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from streamsite.api.json_types import choices
from videos.models import Status
from videos.schemas.videos import DuplicateVideoDict, FailureDict


class ProcessingStepDict(TypedDict):
    """One step of a processing job."""

    name: str
    state: Literal["waiting", "running", "done", "failed", "skipped"]
    percent: float
    seconds: float


class ProcessingNoteDict(TypedDict):
    """One thing that processing did with the uploaded file."""

    code: Annotated[str, "A stable code; new ones may be added."]
    detail: Annotated[str, "The explanation to show."]


class ProcessingDict(TypedDict):
    """The processing job as the video's owner sees it."""

    status: Annotated[str, choices(Status.choices)]
    progress: float
    playable: Annotated[bool, "Whether it can be watched, even while processing continues."]
    attempt: int
    ahead: Annotated[int | None, "Number of jobs before this one while it waits."]
    waiting_for: Annotated[
        str | None, "`space` while there is too little free disk space to begin; more words may be added."
    ]
    steps: list[ProcessingStepDict]
    error: FailureDict | None
    report: Annotated[
        list[ProcessingNoteDict],
        "How the file was processed. Empty until the video is ready, and for old videos.",
    ]
    original_kept_until: Annotated[
        str | None, "When the original file will be removed; null while nobody plans to, and once it is gone."
    ]
    original_removed_at: Annotated[str | None, "When the original file was removed."]
    duplicate_of: Annotated[
        DuplicateVideoDict | None, "The caller's first video of the same file, once the file was compared."
    ]
