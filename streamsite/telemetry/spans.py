"""The spans that the site makes of requests, commands, jobs and calls; without tracing they cost a comparison.

Needs no packages: ``tracing.py`` installs what carries them out. Values of attributes are names of this code, numbers
and ids, never what people typed or are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from typing import Protocol

Attributes = Mapping[str, str | int | float | bool]


class Kind(StrEnum):
    """Which side of a call a span is about."""

    SERVER = "server"
    CLIENT = "client"
    CONSUMER = "consumer"


class Span(Protocol):
    """A piece of work with a beginning and an end."""

    def describe(self, attributes: Attributes, *, name: str = "") -> None:
        """Add attributes, and rename the span when a name is given."""

    def fail(self, kind: str) -> None:
        """Mark the work as failed; ``kind`` is a class of errors or a code."""

    def end(self) -> None:
        """End the span. Only for one of ``begin``."""


class Tracing(Protocol):
    """What makes spans."""

    def root(
        self, name: str, kind: Kind, attributes: Attributes, *, link: str
    ) -> AbstractContextManager[Span]:
        """Begin a trace for the block, linked to the span that ``link`` names."""

    def child(self, name: str, kind: Kind, attributes: Attributes) -> Span | None:
        """Begin a span within the current one; ``None`` without a current one that is recorded."""

    def aside(self) -> AbstractContextManager[object]:
        """Make no spans in the block."""

    def fail_current(self, kind: str) -> None:
        """Mark the current span as failed."""

    def reference(self) -> str:
        """Return the current span as a ``traceparent``, "" without one that is recorded."""


_tracing: Tracing | None = None


def install(tracing: Tracing | None) -> None:
    """Make spans with ``tracing`` from now on; ``None`` for none."""
    global _tracing
    _tracing = tracing


def is_tracing() -> bool:
    """Return whether this process makes spans."""
    return _tracing is not None


@contextmanager
def root(name: str, kind: Kind, attributes: Attributes, *, link: str = "") -> Iterator[Span | None]:
    """Make a trace of the block; its log lines carry the trace's id. ``None`` without tracing.

    An exception that leaves the block marks the span as failed.
    """
    if _tracing is None:
        yield None
        return
    with _tracing.root(name, kind, attributes, link=link) as span:
        yield span


def begin(name: str, kind: Kind, attributes: Attributes) -> Span | None:
    """Begin a span within the current one, for the caller to end; ``None`` when there is nothing to record."""
    return None if _tracing is None else _tracing.child(name, kind, attributes)


@contextmanager
def within(name: str, kind: Kind, attributes: Attributes) -> Iterator[Span | None]:
    """Make a span of the block, within the current one."""
    span = begin(name, kind, attributes)
    try:
        yield span
    except BaseException as error:
        if span is not None:
            span.fail(type(error).__name__)
        raise
    finally:
        if span is not None:
            span.end()


def aside() -> AbstractContextManager[object]:
    """Make no spans in the block, which is no part of the current work."""
    return nullcontext() if _tracing is None else _tracing.aside()


def fail_current(kind: str) -> None:
    """Mark the current span as failed; ``kind`` is a class of errors or a code."""
    if _tracing is not None:
        _tracing.fail_current(kind)


def reference() -> str:
    """Return the current span as a ``traceparent`` that ``root`` takes as a link, "" when there is none."""
    return "" if _tracing is None else _tracing.reference()
