"""A limit on the large answers that a process sends at once: each holds a thread for as long as its reader takes.

nginx in front sends files itself, so that this hardly ever counts there. Without it, the limit keeps threads free for
everything else, and ``streamsite.stalled_connections`` ends readers that take nothing.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from streamsite import error_responses, errors
from streamsite.files import WHOLE_BYTES
from streamsite.metrics.instruments import MEDIA_BYTES, MEDIA_READERS, SITE
from streamsite.metrics.requests import MEDIA
from streamsite.rate_limits import throttle_key

# Of the 256 threads of a process (web.THREADS).
MAX_SENDS = 128
MAX_SENDS_PER_ADDRESS = 48
RETRY_SECONDS = 5


class SlotPool:
    """At most ``most`` in all and ``most_each`` for one holder, shared by all threads of the process."""

    def __init__(self, most: int, most_each: int) -> None:
        self.most = most
        self.most_each = most_each
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, holder: str) -> Callable[[], None] | None:
        """Return a function that gives the slot back and may be called twice; None when there is no slot."""
        with self._lock:
            if self._taken.total() >= self.most or self._taken[holder] >= self.most_each:
                return None
            self._taken[holder] += 1
        left = [holder]

        def release() -> None:
            with self._lock, suppress(IndexError):
                name = left.pop()
                self._taken[name] -= 1
                if not self._taken[name]:
                    del self._taken[name]

        return release


class SlotHoldingContent:
    """The pieces of an answer, and the slot that is given back when the server closes it.

    Those of media are counted while they are sent.
    """

    def __init__(self, pieces: Iterator[bytes], release: Callable[[], None], *, is_media: bool) -> None:
        self._pieces = pieces
        self._release = release
        self._is_media = is_media
        if is_media:
            MEDIA_READERS.labels(SITE).inc()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces."""
        if not self._is_media:
            return self._pieces
        return self._counted()

    def close(self) -> None:
        """Give the slot back; the response closes what it reads from."""
        self._release()
        if self._is_media:
            self._is_media = False
            MEDIA_READERS.labels(SITE).dec()

    def _counted(self) -> Iterator[bytes]:
        sent = MEDIA_BYTES.labels(SITE)
        for piece in self._pieces:
            yield piece
            sent.inc(len(piece))


slots = SlotPool(MAX_SENDS, MAX_SENDS_PER_ADDRESS)


class SendLimitMiddleware:
    """Answers 503 with ``Retry-After`` instead of a file while too many are being sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request; take a slot for a streamed answer, or answer 503."""
        response = self.get_response(request)
        if not response.streaming:
            return response
        streamed = cast(StreamingHttpResponse, response)
        pieces = iter(cast(Iterator[bytes], streamed.streaming_content))
        if int(response.headers.get("Content-Length") or WHOLE_BYTES + 1) <= WHOLE_BYTES:
            # In one piece it is the server's to send, and no thread waits for the reader.
            streamed.streaming_content = [b"".join(pieces)]
            return response
        release = slots.take(throttle_key(request))
        if release is None:
            response.close()
            return error_responses.error_response(request, errors.Unavailable(retry_after=RETRY_SECONDS))
        streamed.streaming_content = SlotHoldingContent(
            pieces, release, is_media=request.path.startswith(MEDIA)
        )
        return response
