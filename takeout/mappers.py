"""Exports and imports as the API answers them."""

from __future__ import annotations

from typing import cast

from streamsite.api.renderers import iso
from takeout import store
from takeout.imports import codes
from takeout.imports.report import STATES
from takeout.schemas import ExportDict, ImportDict, ImportRowDict


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


def serialize_import(document: store.ImportDoc) -> ImportDict:
    """Return an import."""
    has_ended = document["status"] not in (store.QUEUED, store.RUNNING)
    report = {
        kind: {state: counts.get(state, 0) for state in STATES} for kind, counts in document["report"].items()
    }
    return cast(
        ImportDict,
        {
            "id": document["_id"],
            "status": document["status"],
            "progress": document["progress"],
            "source": document["source"],
            "dry_run": document["is_dry"],
            "file_name": document["file_name"],
            "report": report,
            "rows": document["row_count"],
            "rows_url": f"/api/v1/me/import/{document['_id']}/rows",
            "can_start": document["has_file"] and has_ended,
            "error": document["error"] or None,
            "detail": codes.sentence(document["error"], "") if document["error"] else None,
            "created_at": iso(document["created_at"]),
            "finished_at": iso(document["finished_at"]),
            "expires_at": iso(document["expires_at"]) if document["has_file"] else None,
        },
    )


def serialize_row(row: store.RowDoc) -> ImportRowDict:
    """Return a row of an import's report."""
    return cast(
        ImportRowDict,
        {
            "kind": row["kind"],
            "state": row["state"],
            "code": row["code"],
            "detail": codes.sentence(row["code"], row["detail"]),
            "ref": row["ref"],
            "title": row["title"],
            "url": row["url"] or None,
        },
    )
