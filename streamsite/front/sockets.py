"""Unix sockets between the processes of one site."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import tempfile
from pathlib import Path

# A longer path of a unix socket is cut off by the kernel.
MAX_PATH = 100


class SocketFolder:
    """The folder for a process's sockets: ``preferred``, or a private temporary one where that has too long a path."""

    def __init__(self, preferred: Path) -> None:
        self._temporary: Path | None = None
        self.path = preferred
        if len(os.fsencode(preferred / "longest.sock")) > MAX_PATH:
            self.path = self._temporary = Path(tempfile.mkdtemp(prefix="streamsite-"))

    def clean(self) -> None:
        """Remove a temporary folder."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)


def is_answering(path: Path) -> bool:
    """Return whether the site answers at the socket, which is open before the code is loaded; wait 5 s at most."""
    line = http.client.HTTPConnection("localhost", timeout=5)
    try:
        line.sock = connect(path, seconds=5)
        line.request("GET", "/healthz")
        return bool(line.getresponse().status)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def connect(path: Path, *, seconds: float) -> socket.socket:
    """Return a connection to the socket, with a time-out. Raise ``OSError``."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(seconds)
    try:
        line.connect(str(path))
    except OSError:
        line.close()
        raise
    return line
