"""API responses of writing caption tracks."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import choices
from videos.captions.webvtt import ENCODINGS, FORMAT_NAMES
from videos.schemas.captions import CaptionDict


class CaptionImportDict(TypedDict):
    """Result of reading a caption file."""

    format: Annotated[str, choices(FORMAT_NAMES)]
    encoding: Annotated[str, choices(ENCODINGS)]
    cues: int
    left_out: Annotated[int, "Cues that could not be read."]


class WrittenCaptionDict(CaptionDict):
    """A caption track that was added or changed; ``imported`` is null when no file was sent."""

    imported: CaptionImportDict | None
