"""Connections to checked addresses, with one time limit for the look-up, TLS, the request, and all of the answer.

The name is looked up once, every address that it has is checked, and the connection is made to one that was checked, so
that a second look-up cannot give another. TLS proves the name.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import ssl
import threading
import time
from functools import cache
from typing import IO, Protocol, cast

from streamsite.outbound_hosts import OutboundRefused, Target, is_public

SENT_AT_ONCE = 65_536


class Deadline:
    """A moment in ``seconds`` from now. Each step until then may take ``idle`` seconds."""

    def __init__(self, seconds: float, idle: float = math.inf) -> None:
        self._end = time.monotonic() + seconds
        self._idle = idle

    def left(self) -> float:
        """Return the seconds that the next step may take. Raises ``TimeoutError`` when none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is up")
        return min(left, self._idle)


def resolve(host: str, port: int, *, may_be_private: bool, deadline: Deadline | None = None) -> list[str]:
    """Return the addresses of a host, looked up once.

    Raises ``OutboundRefused`` when one of them is not public or the host can have none, ``OSError``.
    """
    try:
        found = _look_up(host, port, deadline)
    except ValueError as error:  # UnicodeError for empty and long labels
        raise OutboundRefused(f"{host!r} is no name of a host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not may_be_private and not all(is_public(address) for address in addresses):
        raise OutboundRefused(f"{host} has an address that is not public")
    return addresses


Entry = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str | int, ...]]


def _look_up(host: str, port: int, deadline: Deadline | None) -> list[Entry]:
    """Ask the system's resolver, which has no time limit of its own: it is left behind when the time is up."""
    if deadline is None:
        return _ask(host, port)
    found: list[Entry] = []
    failure: list[Exception] = []

    def look_up() -> None:
        try:
            found.extend(_ask(host, port))
        except Exception as error:
            failure.append(error)

    thread = threading.Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise TimeoutError("the name could not be looked up in time")
    if failure:
        raise failure[0]
    return found


def _ask(host: str, port: int) -> list[Entry]:
    return cast("list[Entry]", socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class _Timed(Protocol):
    """Something with a deadline that may be set anew."""

    deadline: Deadline


class _TimedReader(io.RawIOBase):
    """Reads from a socket for as long as there is time."""

    def __init__(self, sock: socket.socket, clock: _Timed) -> None:
        super().__init__()
        self._sock, self._clock = sock, clock
        # Counts as a user of the socket, so that closing the connection does not end an answer that is being read.
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """Return true."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        """Read what there is. Raises ``TimeoutError``."""
        self._sock.settimeout(self._clock.deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        if not self.closed:
            self._raw.close()
        super().close()


class TimedSocket:
    """The part of a socket that ``http.client`` uses, within a deadline."""

    def __init__(self, sock: socket.socket, clock: _Timed) -> None:
        self._sock, self._clock = sock, clock

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        """Send everything. Raises ``TimeoutError``."""
        left = memoryview(data)
        while left:
            self._sock.settimeout(self._clock.deadline.left())
            left = left[self._sock.send(left[:SENT_AT_ONCE]) :]

    def makefile(self, mode: str, *args: object, **options: object) -> IO[bytes]:
        """Return a buffered reader."""
        return io.BufferedReader(_TimedReader(self._sock, self._clock))

    def close(self) -> None:
        """Close the socket once nobody reads from it."""
        self._sock.close()


class GuardedConnection(http.client.HTTPConnection):
    """A connection to a checked address of a host, over TLS for https. ``deadline`` may be set anew per request."""

    def __init__(self, target: Target, *, may_be_private: bool, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.default_port = 443 if target.scheme == "https" else 80  # the Host header has other ports
        self._is_tls = target.scheme == "https"
        self._may_be_private = may_be_private
        self.deadline = Deadline(seconds)

    def connect(self) -> None:
        """Connect to the first address that answers."""
        failure: OSError = OSError("the host has no address")
        addresses = resolve(self.host, self.port, may_be_private=self._may_be_private, deadline=self.deadline)
        for index, address in enumerate(addresses):
            try:
                plain = self._open(address, self.deadline.left() / (len(addresses) - index))
            except OSError as error:
                failure = error
                continue
            self.sock = TimedSocket(self._secured(plain), self)
            return
        raise failure

    def _open(self, address: str, seconds: float) -> socket.socket:
        """Connect to an IP address: nothing is looked up again."""
        plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            plain.settimeout(seconds)
            plain.connect((address, self.port))
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            plain.close()
            raise
        return plain

    def _secured(self, plain: socket.socket) -> socket.socket:
        if not self._is_tls:
            return plain
        try:
            plain.settimeout(self.deadline.left())
            return tls_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that proves the names of hosts."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
