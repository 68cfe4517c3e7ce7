"""A page on another origin: a small static server whose scripts use the site from outside."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Elsewhere</title><body></body></html>"


class OtherOrigin:
    """Serves an empty page at ``/`` and the files in ``files``, by path."""

    def __init__(self) -> None:
        files: dict[str, Path] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                if path != "/" and path not in files:
                    self.send_error(404)
                    return
                content = files[path].read_bytes() if path in files else PAGE
                self.send_response(200)
                self.send_header("Content-Type", "text/html" if path == "/" else "text/javascript")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.files = files
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # The site is at "localhost": to browsers this is another site, not only another port.
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
