"""The rows of the table of the media matrix, as the tests write them for ``script/test-media``."""

from __future__ import annotations

from typing import TypedDict


class FileRow(TypedDict):
    """The result for a file; ``code`` and ``detail`` say why it was refused."""

    file: str
    status: str
    code: str
    detail: str


class Row(FileRow, total=False):
    """A row; these are there when the file was encoded. Moments and lengths are in seconds."""

    size: str
    label: str
    rate: float
    seconds: float
    sounds: int
    flashes: list[float]
    beeps: list[float]
    white: int
    captions: int
