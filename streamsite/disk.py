"""Refuse uploads while free disk space is below a watermark, because a full disk stops MongoDB."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from streamsite.errors import DiskFull, is_disk_full

__all__ = ["DiskFull", "as_disk_full", "has_space", "require_space"]


def has_space(incoming: int = 0) -> bool:
    """Return whether the watermark would stay free beside ``incoming`` bytes."""
    return shutil.disk_usage(Path(settings.DATA_DIR)).free - incoming >= settings.DISK_WATERMARK_BYTES


def require_space(incoming: int) -> None:
    """Raise ``DiskFull`` when ``incoming`` bytes would leave less than the watermark."""
    if not has_space(incoming):
        raise DiskFull


def as_disk_full(error: OSError) -> Exception:
    """Return ``DiskFull`` when that is what ``error`` means, else ``error`` itself."""
    return DiskFull() if is_disk_full(error) else error
