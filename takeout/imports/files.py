"""Archives that wait to be imported: ``<work>/imports/<id>``."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from streamsite.mongo import clock


def archive_path(import_id: str) -> Path:
    """Return the path of an archive; its folder exists then."""
    folder = Path(settings.WORK_DIR) / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / import_id


def remove(import_id: str) -> None:
    """Delete an archive. Idempotent."""
    archive_path(import_id).unlink(missing_ok=True)


def settled_ids() -> set[str]:
    """Return the ids of the archives that were not changed for ``SWEEP_GRACE_SECONDS``."""
    before = clock.cautious_now().timestamp() - settings.SWEEP_GRACE_SECONDS
    root = archive_path("x").parent
    return {entry.name for entry in root.iterdir() if entry.is_file() and entry.stat().st_mtime < before}
