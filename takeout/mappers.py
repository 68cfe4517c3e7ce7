"""Exports and imports as the API answers them."""

from __future__ import annotations

from typing import cast

from streamsite.api.renderers import iso
from takeout import store
from takeout.schemas import ExportDict


def serialize_export(export: store.ExportDoc) -> ExportDict:
    """Return an export."""
    is_ready = export["status"] == store.READY
    return cast(
        ExportDict,
        {
            "id": export["_id"],
            "status": export["status"],
            "progress": export["progress"],
            "with_media": export["with_media"],
            "size": export["size"] if is_ready else None,
            "url": f"/api/v1/me/export/{export['_id']}/archive" if is_ready else None,
            "counts": export["counts"],
            "error": export["error"] or None,
            "created_at": iso(export["created_at"]),
            "expires_at": iso(export["expires_at"]),
        },
    )
