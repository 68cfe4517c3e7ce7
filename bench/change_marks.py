"""Renew a running site's change mark, as every change does: the site then uses nothing that it kept for a moment."""

from __future__ import annotations

import secrets
from pathlib import Path

from streamsite import change_mark


def find_mark(data_dir: Path) -> Path:
    """Return the file of the mark of a site that has answered a request."""
    return next((data_dir / "run" / "metrics").glob(f"*/{change_mark.FILE}"))


def renew_mark(mark: Path) -> None:
    """Write another mark."""
    with mark.open("r+b", buffering=0) as file:
        file.write(secrets.token_bytes(change_mark.BYTES))
