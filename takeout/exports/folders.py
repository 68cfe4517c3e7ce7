"""Folders of archives: ``<media>/.exports/<id>``.

They lie on the disk of the media, so that files are linked and not copied, and under a name that backups leave out.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from streamsite.mongo import clock

NAME = ".exports"


def export_dir(export_id: str) -> Path:
    """Return the folder of an archive."""
    return Path(settings.MEDIA_ROOT) / NAME / export_id


def new_export_dir(export_id: str) -> Path:
    """Return an empty folder for an archive; what an earlier try left in it is gone."""
    folder = export_dir(export_id)
    remove(export_id)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def remove(export_id: str) -> None:
    """Delete an archive. Idempotent."""
    shutil.rmtree(export_dir(export_id), ignore_errors=True)


def settled_ids() -> set[str]:
    """Return the ids of the folders that were not changed for ``SWEEP_GRACE_SECONDS``."""
    root = Path(settings.MEDIA_ROOT) / NAME
    before = clock.cautious_now().timestamp() - settings.SWEEP_GRACE_SECONDS
    if not root.is_dir():
        return set()
    return {entry.name for entry in root.iterdir() if entry.is_dir() and entry.stat().st_mtime < before}
