"""Ending connections whose reader takes nothing, which the web server by itself would keep for minutes.

The server hides its sockets and has no time-out for writing, so a thread looks at what the kernel knows about each:
how many bytes wait to be sent, and how many the reader has confirmed. Linux only; elsewhere nothing is watched.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import stat
import struct
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

logger = logging.getLogger("streamsite.stalls")

# How often it looks while a reader may stall.
CHECKS_PER_PERIOD = 6
DESCRIPTORS = Path("/proc/self/fd")
# Of the kernel's struct tcp_info: tcpi_bytes_acked, which Linux has since 4.1.
ACKED = struct.Struct("Q")
ACKED_OFFSET = 120
# Close at once and drop what was not taken.
RESET = struct.pack("ii", 1, 0)


def start_watchdog(seconds: float) -> None:
    """Begin ending connections that stall for ``seconds``, in a thread that ends with the process."""
    if sys.platform == "linux":
        threading.Thread(target=StallWatchdog(seconds).run, name="stalls", daemon=True).start()


@dataclass
class StallWatchdog:
    """Knows, by the kernel's number of each connection with unsent bytes, what was confirmed and since when."""

    seconds: float
    _seen: dict[int, tuple[int, float]] = field(default_factory=dict)

    def run(self) -> None:
        """Look again and again."""
        while True:
            time.sleep(self.seconds / CHECKS_PER_PERIOD)
            try:
                self.look()
            except OSError as error:  # too many open files: the next look may find fewer
                logger.warning("connections cannot be looked at: %s", error)

    def look(self) -> int:
        """End every connection that has waited too long for its reader; return how many."""
        now, ended = time.monotonic(), 0
        seen: dict[int, tuple[int, float]] = {}
        for number, connection in _accepted():
            if not _unsent(connection):
                continue
            acked = _acked(connection)
            before, since = self._seen.get(number, (-1, now))
            if acked != before:
                since = now
            if now - since >= self.seconds:
                _end(connection)
                ended += 1
            else:
                seen[number] = (acked, since)
        self._seen = seen
        return ended


def _accepted() -> Iterator[tuple[int, socket.socket]]:
    """Yield each connection that came in with its number; it is a copy, and closed when the next one is asked for."""
    ports = {own.getsockname()[1] for _, own in _tcp_sockets() if _is_listening(own)}
    for number, own in _tcp_sockets() if ports else ():
        if not _is_listening(own) and own.getsockname()[1] in ports:
            yield number, own


def _tcp_sockets() -> Iterator[tuple[int, socket.socket]]:
    """Yield a copy of each TCP socket of this process, closed when the next one is asked for.

    The server may close its own at any moment and open another under the same descriptor; a copy stays the same.
    """
    for entry in DESCRIPTORS.iterdir():
        try:
            if not stat.S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                continue
            copied = os.dup(int(entry.name))
        except OSError:  # closed meanwhile
            continue
        try:
            own = socket.socket(fileno=copied)
        except OSError:
            os.close(copied)
            continue
        with own:
            if own.family in {socket.AF_INET, socket.AF_INET6} and own.type == socket.SOCK_STREAM:
                yield os.fstat(copied).st_ino, own


def _is_listening(own: socket.socket) -> bool:
    return bool(own.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _unsent(connection: socket.socket) -> int:
    """Return how many bytes are not sent, or not confirmed."""
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    return int(struct.unpack("i", answer)[0])


def _acked(connection: socket.socket) -> int:
    """Return how many bytes the reader has confirmed so far."""
    information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, ACKED_OFFSET + ACKED.size)
    return int(ACKED.unpack_from(information, ACKED_OFFSET)[0])


def _end(connection: socket.socket) -> None:
    """End it for both sides: the reader is told, and the thread that waits for it goes on."""
    with suppress(OSError):  # it has ended by itself
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)
