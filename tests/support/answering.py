"""A web server on loopback that gives every request the same answer: something else at the site's address."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Answering:
    """Answers with 200, ``content`` and these headers while its block runs; ``url`` is where."""

    def __init__(
        self, content: bytes, content_type: str = "text/html", headers: Mapping[str, str] | None = None
    ) -> None:
        answer = {"Content-Type": content_type, "Content-Length": str(len(content)), **(headers or {})}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                for name, value in answer.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
