"""API responses of exports and imports."""

from __future__ import annotations

from typing import Literal, TypedDict

from streamsite.api.json_types import Timestamp


class ExportDict(TypedDict):
    """An archive of the account's data.

    ``progress`` is from 0 to 1, ``size`` in bytes and ``null`` until it is ``ready``; ``url`` is where it is
    until ``expires_at``. ``counts`` are its objects by kind. ``error`` says why it ``failed``.
    """

    id: str
    status: Literal["queued", "running", "ready", "failed", "expired"]
    progress: float
    with_media: bool
    size: int | None
    url: str | None
    counts: dict[str, int]
    error: str | None
    created_at: Timestamp
    expires_at: Timestamp | None
