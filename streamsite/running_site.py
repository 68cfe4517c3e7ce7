"""The address of the site that ``script/server`` runs, for commands that somebody runs beside it.

Without it a command would take the site to be at the default address, whatever ``--port`` is. No Django here: settings
read it, and the supervisor writes it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from streamsite import atomic_files, folders

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def record(data_dir: Path, url: str, port: int) -> None:
    """Write the address of the site into ``<data>/run/site-url``.

    Of a site in the local network that is its address on this machine: settings accept plain http for no other.
    """
    parts = urlsplit(url)
    is_usable = parts.scheme == "https" or parts.hostname in LOOPBACK
    folders.create(_path(data_dir).parent, folders.PRIVATE)
    atomic_files.write_atomically(_path(data_dir), url if is_usable else f"http://localhost:{port}")


def remove(data_dir: Path) -> None:
    """Remove the file when the site stops."""
    _path(data_dir).unlink(missing_ok=True)


def read(data_dir: Path) -> str:
    """Return the address of the site that runs on this data folder, "" when none does or it may not be read."""
    try:
        return _path(data_dir).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _path(data_dir: Path) -> Path:
    return data_dir / "run" / "site-url"
