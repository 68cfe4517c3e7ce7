"""A server of the files of a folder on loopback, with ranges, that counts its requests."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, owner: FileServer, **options: Any) -> None:
        self.owner = owner
        super().__init__(*args, **options)

    def do_GET(self) -> None:
        self.owner.requests.append(self.path)
        path = Path(self.translate_path(self.path))
        if path.is_file():
            content = path.read_bytes()
            wanted = self.headers.get("Range", "")
            first, last = 0, len(content) - 1
            if wanted:
                begin, _, end = wanted.removeprefix("bytes=").partition("-")
                first, last = int(begin), min(int(end or last), last)
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(last - first + 1))
            self.send_header("Content-Type", "application/octet-stream")
            self.end_headers()
            self.owner.send(self.wfile, content[first : last + 1])
        else:
            self.send_error(404)

    def log_message(self, *args: object) -> None:
        """Write no log."""


class FileServer:
    """Serves ``folder`` at ``url``. ``pause`` is called with the number of bytes sent of a body, piece by piece."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[str] = []
        self.pause: Callable[[int], object] = lambda sent: None
        handler = partial(_Handler, owner=self, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def send(self, out: Any, content: bytes) -> None:
        """Write a body in pieces of 64 KiB."""
        for start in range(0, len(content), 65_536):
            self.pause(start)
            out.write(content[start : start + 65_536])

    def stop(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
