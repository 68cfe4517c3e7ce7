"""A request's body, of which the beginning can be looked at before it is read."""

from __future__ import annotations

import io
import threading
import time
from typing import IO, Any

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import QueryDict

from streamsite.bodies.handlers import FirstFileEnds

# Form fields that stand before the first file, the CSRF token among them, fit into this.
PEEK_BYTES = 65_536
# A client that still sends needs some of its bytes taken, or it sees a reset connection instead of the answer.
DRAIN_BYTES, DRAIN_SECONDS = 4_194_304, 2.0
PIECE = 65_536
# Reading may block for as long as the client likes, so few threads do it at a time; others close at once.
_drains = threading.BoundedSemaphore(8)


class Body(io.IOBase):
    """The body of a request of ``length`` bytes; ``None`` when its length is not known.

    Stands in for the stream that Django made of ``wsgi.input``, which ``stream`` is.
    """

    def __init__(self, stream: IO[bytes], length: int | None, unbounded: IO[bytes]) -> None:
        self.length = length
        self._stream = stream
        self._unbounded = unbounded
        self._ahead = b""
        self._taken = 0
        self._has_ended = False

    @property
    def unread(self) -> int:
        """Bytes not yet taken from the connection; all that may come when the length is not known."""
        if self.length is not None:
            return self.length - self._taken
        return 0 if self._has_ended else DRAIN_BYTES

    def peek(self, size: int = PEEK_BYTES) -> bytes:
        """Return the next ``size`` bytes, fewer at the end, without using them up."""
        if len(self._ahead) < size:
            self._ahead += self._take(size - len(self._ahead))
        return self._ahead[:size]

    def _take(self, size: int) -> bytes:
        # Django's stream ends at once when no length is announced; the server's ends with the last chunk.
        piece = (self._stream if self.length is not None else self._unbounded).read(size)
        self._taken += len(piece)
        self._has_ended = self._has_ended or (size != 0 and not piece)
        return piece

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, or all that are left."""
        if not self._ahead:
            return self._take(-1 if size is None else size)
        if size is None or size < 0:
            found, self._ahead = self._ahead + self._take(-1), b""
            return found
        found, self._ahead = self._ahead[:size], self._ahead[size:]
        return found

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the next line, or its first ``size`` bytes."""
        most = -1 if size is None else size
        if not self._ahead:
            line = self._stream.readline(most)
            self._taken += len(line)
            return line
        end = self._ahead.find(b"\n") + 1 or len(self._ahead)
        end = end if most < 0 else min(end, most)
        found, self._ahead = self._ahead[:end], self._ahead[end:]
        if not found.endswith(b"\n") and (most < 0 or len(found) < most) and not self._ahead:
            found += self.readline(-1 if most < 0 else most - len(found))
        return found

    def drain(self) -> None:
        """Take some of what the client still sends, so that it can read the answer that was sent already."""
        if not _drains.acquire(blocking=False):
            return
        source = self._unbounded if self.length is None else self._stream
        left, end = min(self.unread, DRAIN_BYTES), time.monotonic() + DRAIN_SECONDS
        try:
            while left > 0 and time.monotonic() < end:
                piece = source.read(min(PIECE, left))
                if not piece:
                    break
                left -= len(piece)
        except Exception:  # whatever the server raises for a client that is gone
            return
        finally:
            _drains.release()


def attach_body(request: HttpRequest) -> Body | None:
    """Put a ``Body`` in the place of the request's stream; ``None`` when the request has no body."""
    raw = request.META.get("CONTENT_LENGTH") or ""
    is_chunked = "HTTP_TRANSFER_ENCODING" in request.META
    length = None if is_chunked else int(raw) if raw.isdecimal() else 0
    if length == 0:
        return None
    inner: Any = request
    # Django has no public way to read the beginning of a body and to parse it afterwards all the same.
    body = Body(inner._stream, length, request.META["wsgi.input"])
    inner._stream = body
    return body


def fields_before_first_file(request: HttpRequest, body: Body) -> QueryDict:
    """Return the fields of a multipart form that stand before its first file, within ``PEEK_BYTES``."""
    beginning = io.BytesIO(body.peek())
    try:
        fields, _ = MultiPartParser(request.META, beginning, [FirstFileEnds(request)]).parse()
    except MultiPartParserError:
        return QueryDict()
    return fields
