"""A receiver of webhooks on loopback that keeps what it gets and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def event(self) -> dict[str, Any]:
        """The body, parsed."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


class WebhookReceiver:
    """Answers with ``answers`` one after the other, each a status, headers and a body; then with 204."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers_in = {name.lower(): value for name, value in self.headers.items()}
                got = Received(self.command, self.path, headers_in, body)
                receiver.received.append(got)
                status, headers, sent = receiver.reply(got)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(sent)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def reply(self, received: Received) -> tuple[int, dict[str, str], bytes]:
        """Return the answer to a request."""
        return self.answers.pop(0) if self.answers else (204, {}, b"")

    @property
    def host(self) -> str:
        """Host and port, as the setting names them."""
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        """An address here."""
        return f"http://{self.host}/hook"

    def events(self) -> list[str]:
        """Return the types of the events that came, in order."""
        return [one.event["type"] for one in self.received]

    def stop(self) -> None:
        """Close the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
