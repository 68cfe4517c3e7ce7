"""API responses: captions and transcripts."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import Timestamp, choices
from videos.captions.webvtt import ENCODINGS, FORMAT_NAMES
from videos.models.caption import CaptionKind, CaptionSource


class CaptionDict(TypedDict):
    """A caption track."""

    id: str
    language: str
    label: str
    kind: Annotated[str, choices(CaptionKind.choices)]
    source: Annotated[str, choices(CaptionSource.choices)]
    url: str
    created_at: Timestamp
    updated_at: Timestamp


class CaptionImportDict(TypedDict):
    """Result of reading a caption file."""

    format: Annotated[str, choices(FORMAT_NAMES)]
    encoding: Annotated[str, choices(ENCODINGS)]
    cues: int
    left_out: Annotated[int, "Cues that could not be read."]


class WrittenCaptionDict(CaptionDict):
    """A caption track that was added or changed; ``imported`` is null when no file was sent."""

    imported: CaptionImportDict | None


class CueDict(TypedDict):
    """A caption text with its start and end in seconds."""

    start: float
    end: float
    text: str


class TranscriptDict(TypedDict):
    """Cues of one caption track, all on one page."""

    next: str | None
    previous: str | None
    language: str | None
    caption_id: str | None
    results: list[CueDict]
