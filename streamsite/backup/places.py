"""Targets by what an operator writes: a folder's path, or ``s3://bucket/prefix``."""

from __future__ import annotations

from pathlib import Path

from streamsite.backup.errors import BackupError
from streamsite.backup.targets import FolderTarget, Target

BUCKET_SCHEME = "s3://"


def open_target(place: str) -> Target:
    """Return the target at a folder's path or at ``s3://bucket/prefix``. Raises ``BackupError``."""
    if place.startswith(BUCKET_SCHEME):
        try:
            from streamsite.backup.bucket_target import open_bucket
        except ModuleNotFoundError:
            raise BackupError(
                "Backups in a bucket need more packages: pip install --require-hashes --no-deps -r requirements-s3.lock"
            ) from None
        return open_bucket(place)
    if "://" in place or not place:
        raise BackupError(f"{place!r} is neither a folder nor s3://bucket/prefix.")
    root = Path(place).expanduser().resolve()
    if root.exists() and not root.is_dir():
        raise BackupError(f"{root} is a file. Name a folder.")
    return FolderTarget(root)
