"""The watermark: uploads are refused well before the disk is full, because a full disk stops MongoDB."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from django.conf import settings

from streamsite.errors import SiteError


class DiskFull(SiteError):
    """Too little space is left to accept an upload."""

    status, code = 507, "insufficient_storage"
    detail = (
        "The server has too little disk space left for uploads. Nothing of yours was lost; try again later."
    )


def require_space(incoming: int) -> None:
    """Raise ``DiskFull`` when ``incoming`` bytes would leave less than the watermark."""
    if shutil.disk_usage(Path(settings.DATA_DIR)).free - incoming < settings.DISK_WATERMARK_BYTES:
        raise DiskFull


def refusal(error: OSError) -> Exception:
    """Return what to raise for ``error``: ``DiskFull`` when it is that, else itself."""
    return DiskFull() if error.errno in (errno.ENOSPC, errno.EDQUOT) else error
