"""A server of raw answers on loopback that counts its connections: for tests of requests to the outside."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

Answer = Callable[[socket.socket], None]


def http_answer(body: bytes = b"", *, status: str = "200 OK", headers: dict[str, str] | None = None) -> bytes:
    """Return the bytes of a whole answer."""
    sent = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class RawServer:
    """Reads the head of each request, keeps it, and sends the next of ``answers``, or whatever a function writes.

    The last answer is for all further requests.
    """

    def __init__(self, *answers: bytes | Answer, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.answers: list[bytes | Answer] = list(answers) or [http_answer()]
        self.connections = 0
        self.heads: list[bytes] = []
        self.stopped = threading.Event()
        self._socket = socket.create_server((host, 0), family=family)
        self.host = f"[{host}]" if ":" in host else host
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://{self.host}:{self.port}"

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head and (part := connection.recv(4_096)):
                head += part
            self.heads.append(head)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                else:
                    answer(connection)
            except OSError:  # the client has seen enough
                pass

    def stop(self) -> None:
        """Close the listening socket."""
        self.stopped.set()
        self._socket.close()
