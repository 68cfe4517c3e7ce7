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


class ImportCountsDict(TypedDict):
    """Objects of a kind: ``new`` ones, those that were ``present`` already, those that are ``missing`` or ``refused``.

    ``changed`` counts those that came over, but not as they were; they are among the new ones.
    """

    new: int
    present: int
    changed: int
    missing: int
    refused: int


class ImportDict(TypedDict):
    """An import of an archive.

    ``report`` has counts by kind; of a dry run, what would happen. ``rows`` is the number of entries that explain what
    is changed, missing or refused, and ``rows_url`` where they are. ``can_start`` says that the archive of a dry run is
    still there for ``POST /me/import/{id}/start``, until ``expires_at``. ``error`` says why it ``failed``.
    """

    id: str
    status: Literal["queued", "running", "done", "failed"]
    progress: float
    source: Literal["streamsite", "google", "peertube", "folder"]
    dry_run: bool
    file_name: str
    report: dict[str, ImportCountsDict]
    rows: int
    rows_url: str
    can_start: bool
    error: str | None
    detail: str | None
    created_at: Timestamp
    finished_at: Timestamp | None
    expires_at: Timestamp | None


class ImportRowDict(TypedDict):
    """An object that did not come over, or not as it was: ``detail`` says why.

    ``ref``, ``title`` and ``url`` are what the archive says of it.
    """

    kind: str
    state: Literal["new", "present", "changed", "missing", "refused"]
    code: str
    detail: str
    ref: str
    title: str
    url: str | None
