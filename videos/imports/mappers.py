"""Imports as API bodies, for the API and for templates alike."""

from __future__ import annotations

from typing import Literal, cast

from streamsite.api.renderers import iso
from videos.imports import services
from videos.models import AddressImport, ImportStatus
from videos.schemas.imports import AddressImportDict


def serialize_import(row: AddressImport) -> AddressImportDict:
    """Return an import by address as its owner sees it."""
    has_failed = row.status == ImportStatus.FAILED
    share = row.received / row.total if row.total else 0.0
    return {
        "id": row.pk,
        "url": row.url,
        "status": cast("Literal['queued', 'running', 'ready', 'failed']", row.status),
        "progress": 1.0 if row.status == ImportStatus.READY else round(min(share, 1.0), 4),
        "received_bytes": row.received,
        "total_bytes": row.total,
        "video_id": None if has_failed else row.video_id,
        "playlist_id": row.playlist_id or None,
        "failure": {"code": row.failure, "detail": services.failure_detail(row)} if has_failed else None,
        "created_at": iso(row.created_at),
        "finished_at": iso(row.finished_at),
    }
