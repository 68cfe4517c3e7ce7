"""The only way out: requests to addresses that users, callers, and other sites gave.

``request`` fetches or posts to any public address, ``Client`` posts to allowed hosts over a connection that is kept
open. Both look a name up once, check every address, and connect to a checked one (``outbound_connections``). Redirects
are followed only where a caller asks for it, and each is checked like the first address. Neither proxies nor cookies,
nor credentials of the environment are used. The whole takes no longer than its time limit, however slowly a server
sends, and no more than its size limit, also after decompression.
"""

from __future__ import annotations

import http.client
import math
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urldefrag, urljoin

from django.conf import settings

from streamsite import request_turns
from streamsite.outbound_connections import Deadline, GuardedConnection, resolve, tls_context
from streamsite.outbound_hosts import (
    AllowedHost,
    OutboundRefused,
    Target,
    find_allowed,
    is_public,
    lower_host,
    parse_allowed_host,
    parse_private_host,
    parse_url,
    require_possible,
)
from streamsite.telemetry.spans import Attributes, Kind, within

__all__ = [
    "AllowedHost",
    "Answer",
    "Client",
    "Limits",
    "OutboundFailed",
    "OutboundRefused",
    "OutboundTimeout",
    "OutboundTooLarge",
    "Response",
    "Writer",
    "check_url",
    "find_allowed",
    "is_public",
    "lower_host",
    "parse_allowed_host",
    "parse_private_host",
    "parse_url",
    "request",
    "require_allowed",
    "resolve",
    "tls_context",
]

MAX_BODY = 4_096
MAX_RETRY_AFTER = 86_400
READ_AT_ONCE = 65_536
REDIRECTS = {301, 302, 303, 307, 308}
# Headers that are for one server only, and not sent to where it redirects.
PERSONAL = {"authorization", "cookie"}


class OutboundFailed(Exception):
    """There was no whole answer. The message is for people and names no address."""


class OutboundTimeout(OutboundFailed):
    """The time was up."""


class OutboundTooLarge(OutboundFailed):
    """The answer is larger than the caller takes."""


class Writer(Protocol):
    """A destination for a body."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


@dataclass(frozen=True)
class Limits:
    """Limits of a whole request: ``seconds``, ``max_bytes`` of the answer, and ``redirects`` to follow.

    Within them the server may be silent for ``idle_seconds`` at once.
    With ``cut`` a larger answer is cut off, else it is ``OutboundTooLarge``.
    """

    seconds: float = 15.0
    idle_seconds: float = math.inf
    max_bytes: int = 1_000_000
    redirects: int = 0
    cut: bool = False


@dataclass(frozen=True)
class Response:
    """An answer. ``url`` is where it came from after redirects; header names are in lower case.

    ``body`` is empty when it was written to a file; ``size`` are the bytes of the (decompressed) body.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    size: int
    url: str = field(repr=False)
    is_cut: bool = False

    @property
    def retry_after(self) -> int:
        """The seconds of its ``Retry-After``, 0 without."""
        return _retry_after(self.headers.get("retry-after", ""))


@dataclass(frozen=True)
class Answer:
    """An answer's status, and the seconds of its ``Retry-After``, 0 without."""

    status: int
    retry_after: int = 0


def check_url(url: str) -> None:
    """Raise ``OutboundRefused`` for a URL that ``request`` would refuse without looking up its host."""
    target = parse_url(url)
    if not _may_be_private(target):
        if target.port not in {80, 443, *settings.OUTBOUND_PORTS}:
            raise OutboundRefused(f"port {target.port} is not allowed")
        require_possible(target)


def request(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    into: Writer | None = None,
    began: Callable[[int, Mapping[str, str]], None] | None = None,
) -> Response:
    """Send a request to a public address and return the answer, whatever its status.

    ``into`` is a file that the body is written to. ``began`` is called with status and headers, names in lower case,
    before the body is read; what it raises ends the request. Redirects are followed for GET and HEAD alone, never from
    https to http. Raises ``OutboundRefused`` for an address that the site does not connect to, ``OutboundFailed`` for
    answers that do not come whole, in time, and within the size.
    """
    request_turns.give_back()
    deadline = Deadline(limits.seconds, limits.idle_seconds)
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    sent.setdefault("accept-encoding", "identity")
    sent.setdefault("user-agent", "Streamsite")
    redirects = limits.redirects if method in {"GET", "HEAD"} else 0
    try:
        for _hop in range(redirects + 1):
            check_url(url)
            target = parse_url(url)
            exchange = _Exchange(target, deadline, limits, into, began)
            response = exchange.run(method, url, body, sent, follow=redirects > 0)
            if response is not None:
                return response
            following = _follow(url, exchange.location)
            if parse_url(following).origin != target.origin:
                sent = {name: value for name, value in sent.items() if name not in PERSONAL}
            url = following
    except TimeoutError as error:
        raise OutboundTimeout("The server didn't answer in time.") from error
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
        raise OutboundFailed("The server couldn't be reached, or its answer was incomplete.") from error
    raise OutboundFailed("The server redirects too often.")


def require_allowed(url: str, *, seconds: float) -> None:
    """Raise ``OutboundRefused`` for a URL that ``request`` would refuse, its host looked up.

    A name that nobody knows is refused as well. One that cannot be looked up within ``seconds`` is not.
    """
    check_url(url)
    target = parse_url(url)
    try:
        resolve(target.host, target.port, may_be_private=_may_be_private(target), deadline=Deadline(seconds))
    except TimeoutError:
        return
    except OSError as error:
        raise OutboundRefused("the host has no address") from error


def _may_be_private(target: Target) -> bool:
    return any(one.allows(target.host, target.port) for one in settings.OUTBOUND_PRIVATE_HOSTS)


def _follow(url: str, location: str) -> str:
    """Return the URL that a redirect leads to."""
    escaped = quote(location.strip().encode("latin-1"), safe="!#$%&'()*+,/:;=?@[]~")
    following = lower_host(urldefrag(urljoin(url, escaped))[0])
    if url.startswith("https:") and not following.startswith("https:"):
        raise OutboundRefused("a redirect leads from https to another scheme")
    return following


class _Exchange:
    """One request and its answer, over a connection of its own."""

    def __init__(
        self,
        target: Target,
        deadline: Deadline,
        limits: Limits,
        into: Writer | None,
        began: Callable[[int, Mapping[str, str]], None] | None,
    ) -> None:
        self._target, self._limits, self._into, self._began = target, limits, into, began
        self._connection = GuardedConnection(
            target, may_be_private=_may_be_private(target), seconds=limits.seconds
        )
        self._connection.deadline = deadline
        self.location = ""

    def run(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, follow: bool
    ) -> Response | None:
        """Return the answer; ``None`` for a redirect to follow, which ``location`` then is."""
        connection = self._connection
        about: Attributes = {
            "http.request.method": method,
            "server.address": connection.host,
            "server.port": connection.port,
        }
        try:
            with within(method, Kind.CLIENT, about) as span:
                connection.request(method, self._target.path, body, dict(headers))
                answer = connection.getresponse()
                if span is not None:
                    span.describe({"http.response.status_code": answer.status})
                self.location = answer.headers.get("Location", "")
                if follow and answer.status in REDIRECTS and self.location:
                    return None
                return self._read(answer, url)
        finally:
            connection.close()

    def _read(self, answer: http.client.HTTPResponse, url: str) -> Response:
        limit = self._limits.max_bytes
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if self._began is not None:
            self._began(answer.status, headers)
        if not self._limits.cut and (answer.length or 0) > limit:
            raise OutboundTooLarge("The answer is too large.")
        kept: list[bytes] = []
        write = kept.append if self._into is None else self._into.write
        size, is_cut = 0, False
        for part in _decoded(answer, tolerant=self._limits.cut):
            is_cut = size + len(part) > limit
            if is_cut and not self._limits.cut:
                raise OutboundTooLarge("The answer is too large.")
            taken = part[: limit - size]
            size += len(taken)
            write(taken)
            if is_cut:
                break
        return Response(answer.status, headers, b"".join(kept), size, url, is_cut)


def _decoded(answer: http.client.HTTPResponse, *, tolerant: bool) -> Iterator[bytes]:
    """Yield the body in parts of at most ``READ_AT_ONCE``, decompressed.

    ``tolerant`` yields nothing of an unknown compression, which else is ``OutboundFailed``.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower() or "identity"
    if encoding == "identity":
        while part := answer.read1(READ_AT_ONCE):
            yield part
        if answer.length:  # the server closed before the end
            raise http.client.IncompleteRead(b"", answer.length)
    elif encoding in {"gzip", "x-gzip", "deflate"}:
        yield from _decompressed(answer)
    elif not tolerant:
        raise OutboundFailed("The answer is compressed in a way that isn't supported.")


def _decompressed(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    engine = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip and zlib alike
    while part := answer.read1(READ_AT_ONCE):
        while part:
            yield engine.decompress(part, READ_AT_ONCE)
            part = engine.unconsumed_tail
    yield engine.flush()  # what the bytes that were read last stand for: less than a window
    if not engine.eof:
        raise http.client.IncompleteRead(b"")


class Client:
    """Sends requests to one host after the other over a connection that is kept open. Not for several threads."""

    def __init__(self, allowed: Iterable[AllowedHost], *, seconds: float) -> None:
        self._allowed = list(allowed)
        self._seconds = seconds
        self._connection: GuardedConnection | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a POST; redirects are not followed. Raises ``OutboundRefused``, ``OSError``, ``HTTPException``."""
        entry = find_allowed(url, self._allowed)
        if entry is None:
            raise OutboundRefused("the address is not one of an allowed host")
        target = parse_url(url, schemes=("https",))
        kept = self._connection
        if kept is not None and (kept.host, kept.port) == (target.host, target.port):
            try:
                return self._send(kept, target, body, headers)
            except (OSError, http.client.HTTPException):
                self.close()  # the host may have closed a connection that was idle
        self.close()
        fresh = GuardedConnection(target, may_be_private=entry.may_be_private, seconds=self._seconds)
        self._connection = fresh
        try:
            return self._send(fresh, target, body, headers)
        except BaseException:
            self.close()
            raise

    def _send(
        self, connection: GuardedConnection, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        # The path of a push service's address is a secret.
        about: Attributes = {
            "http.request.method": "POST",
            "server.address": connection.host,
            "server.port": connection.port,
        }
        connection.deadline = Deadline(self._seconds)
        with within("POST", Kind.CLIENT, about) as span:
            connection.request("POST", target.path, body, dict(headers))
            response = connection.getresponse()
            response.read(MAX_BODY)
            if span is not None:
                span.describe({"http.response.status_code": response.status})
        if not response.isclosed():  # there is more, which nobody wants
            self.close()
        return Answer(response.status, _retry_after(response.headers.get("Retry-After", "")))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _retry_after(header: str) -> int:
    """Return the seconds of a header, at most a day. A date counts as none: the sender's own pause is longer."""
    return min(int(header), MAX_RETRY_AFTER) if re.fullmatch(r"[0-9]{1,9}", header.strip()) else 0
