"""A small HTTP/1.1 client on open connections: what it costs hardly disturbs what it measures."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

RECEIVE_BYTES = 256 * 1024
TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Address:
    """A port on loopback, or a Unix socket when ``path`` is given. ``host`` is sent as the header."""

    port: int = 0
    path: Path | None = None
    host: str = "localhost"

    def connect(self) -> socket.socket:
        """Return a new connection."""
        if self.path is not None:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(TIMEOUT_SECONDS)
            line.connect(str(self.path))
            return line
        line = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_SECONDS)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


@dataclass(frozen=True)
class Ask:
    """A request; a ``body`` is JSON."""

    method: str
    path: str
    body: bytes = b""

    def encode(self, host: str, token: str = "") -> bytes:
        """Return the request's bytes; ``token`` is sent as bearer."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", "Accept: application/json"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if self.method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Answer:
    """An answer that is fed piece by piece. ``status`` and ``body`` are complete once ``feed`` returns true."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._body_at = 0
        self._end: int | None = None
        self._is_chunked = False
        self.status = 0
        self.is_last = False

    def feed(self, data: bytes) -> bool:
        """Add received bytes; return whether the answer is whole."""
        self._received += data
        if not self._body_at and not self._read_head():
            return False
        if self._is_chunked:
            return self._received.endswith(b"0\r\n\r\n")
        return self._end is not None and len(self._received) >= self._end

    def _read_head(self) -> bool:
        at = self._received.find(b"\r\n\r\n")
        if at < 0:
            return False
        status_line, *lines = self._received[:at].decode("latin-1").split("\r\n")
        self.status = int(status_line.split(" ", 2)[1])
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        self._body_at = at + 4
        self._is_chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self.is_last = headers.get("connection", "").lower() == "close"
        if not self._is_chunked:
            has_body = self.status not in (204, 304)
            self._end = self._body_at + (int(headers["content-length"]) if has_body else 0)
        return True

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return self.status // 100 == 2

    @property
    def body(self) -> bytes:
        """The bytes after the head, chunk sizes included."""
        return bytes(self._received[self._body_at :])


class Line:
    """One open connection, which is made again when the server has closed it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Send a request and return its whole answer. Raises ``ConnectionError``."""
        was_open = self._socket is not None
        try:
            return self._ask(request)
        except ConnectionError:
            self.close()
            if not was_open:
                raise
            return self._ask(request)  # it was idle for too long

    def _ask(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = self.address.connect()
        self._socket.sendall(request)
        answer = Answer()
        while True:
            data = self._socket.recv(RECEIVE_BYTES)
            if not data:
                raise ConnectionResetError("the server closed the connection")
            if answer.feed(data):
                break
        if answer.is_last:
            self.close()
        return answer

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
