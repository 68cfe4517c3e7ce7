"""Requests at a steady concurrency on open connections, and how long each takes."""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.api.client import RECEIVE_BYTES, TIMEOUT_SECONDS, Address, Answer


@dataclass(frozen=True)
class Latencies:
    """The seconds of each request, and the seconds that all of them took."""

    each: list[float]
    elapsed: float

    def percentile(self, percent: int) -> float:
        """Return the milliseconds within which ``percent`` of the requests were answered."""
        if len(self.each) == 1:
            return self.each[0] * 1_000
        return statistics.quantiles(self.each, n=100, method="inclusive")[percent - 1] * 1_000

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.each) / self.elapsed if self.elapsed else 0.0


@dataclass
class _Visitor:
    """A connection that has one request under way."""

    line: socket.socket
    answer: Answer
    sent_at: float = 0.0


class Load:
    """Keeps ``concurrency`` requests under way until the time is over. Raises when one of them fails."""

    def __init__(self, name: str, address: Address, requests: Iterator[bytes]) -> None:
        self._name = name
        self._address = address
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._times: list[float] = []

    def run(self, concurrency: int, seconds: float) -> Latencies:
        """Ask for ``seconds``, and wait for the last answers. Raises ``SystemExit`` for a refused request."""
        begun = time.perf_counter()
        try:
            for _ in range(concurrency):
                self._send(_Visitor(self._address.connect(), Answer()), is_new=True)
            while self._selector.get_map():
                self._receive(begun + seconds)
        finally:
            for key in list(self._selector.get_map().values()):
                key.data.line.close()
            self._selector.close()
        return Latencies(self._times, time.perf_counter() - begun)

    def _send(self, visitor: _Visitor, *, is_new: bool = False) -> None:
        visitor.answer, visitor.sent_at = Answer(), time.perf_counter()
        visitor.line.sendall(next(self._requests))
        if is_new:
            self._selector.register(visitor.line, selectors.EVENT_READ, visitor)

    def _receive(self, deadline: float) -> None:
        ready = self._selector.select(TIMEOUT_SECONDS)
        if not ready:
            raise SystemExit(f"{self._name}: no answer within {TIMEOUT_SECONDS} s")
        for key, _ in ready:
            visitor: _Visitor = key.data
            data = visitor.line.recv(RECEIVE_BYTES)
            if not data:
                raise SystemExit(f"{self._name}: the server closed a connection")
            if visitor.answer.feed(data):
                self._finish(visitor, deadline)

    def _finish(self, visitor: _Visitor, deadline: float) -> None:
        now = time.perf_counter()
        answer = visitor.answer
        if not answer.is_success:
            raise SystemExit(f"{self._name}: {answer.status} {answer.body[:300]!r}")
        self._times.append(now - visitor.sent_at)
        if now < deadline and not answer.is_last:
            self._send(visitor)
            return
        self._selector.unregister(visitor.line)
        visitor.line.close()
        if now < deadline:
            self._send(_Visitor(self._address.connect(), Answer()), is_new=True)
