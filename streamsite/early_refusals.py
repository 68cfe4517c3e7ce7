"""Responses that are sent before a large request body has been read, such as 413.

The web server closes the connection after the response's last byte, while a proxy in front of it may still be sending.
The proxy's next write then fails, and it may never read the response that has arrived. So the end of such a response is
delayed. Nothing is read meanwhile: the proxy stops sending the body once it has the response's head. Clients that
connect without a proxy are handled by ``streamsite.bodies``, which reads some of what they still send.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import InputStream

LINGER_SECONDS = 0.25
# Less than this fits into the buffers of a connection.
SMALL_BYTES = 64 * 1024

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class CountingBody:
    """A ``wsgi.input`` that counts the bytes that were read."""

    def __init__(self, stream: InputStream) -> None:
        self._stream = stream
        self.taken = 0
        self.has_ended = False

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes; empty at the end."""
        return self._count(self._stream.read(size) if size >= 0 else self._stream.read(), asked=size != 0)

    def readline(self, size: int = -1) -> bytes:
        """Return one line, of at most ``size`` bytes."""
        return self._count(
            self._stream.readline(size) if size >= 0 else self._stream.readline(), asked=size != 0
        )

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines."""
        return iter(self.readline, b"")

    def _count(self, piece: bytes, *, asked: bool) -> bytes:
        self.taken += len(piece)
        self.has_ended = self.has_ended or (asked and not piece)
        return piece


class LingeringResponse:
    """A response whose end is delayed, so that a proxy reads it before the connection closes."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces, and end a moment later."""
        yield from self._answer
        time.sleep(LINGER_SECONDS)

    def close(self) -> None:
        """Close the answer."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()


def with_lingering_close(application: Application) -> Application:
    """Return ``application`` with answers that linger when the body was not read to its end."""

    def call(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        announced = int(environ.get("CONTENT_LENGTH") or 0)
        if announced <= SMALL_BYTES and not environ.get("HTTP_TRANSFER_ENCODING"):
            return application(environ, start_response)
        body = environ["wsgi.input"] = CountingBody(environ["wsgi.input"])
        begun: list[Any] = []
        answer = application(environ, lambda *given: begun.append(given))
        status, headers, *more = begun[-1]
        if body.has_ended or (announced and body.taken >= announced):
            start_response(status, headers, *more)
            return answer
        # Of an answer with a length the server knows the end without being told.
        start_response(status, [pair for pair in headers if pair[0].lower() != "content-length"], *more)
        return LingeringResponse(answer)

    return call
