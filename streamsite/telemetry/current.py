"""What this thread is working on, so that the report of an error can name it."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class RunningJob:
    """A job that runs: which, on which queue, and the number of this try."""

    id: str
    task: str
    queue: str
    tries: int


_request: contextvars.ContextVar[HttpRequest | None] = contextvars.ContextVar(
    "telemetry_request", default=None
)
_job: contextvars.ContextVar[RunningJob | None] = contextvars.ContextVar("telemetry_job", default=None)


def current_request() -> HttpRequest | None:
    """Return the request that this thread answers."""
    return _request.get()


def current_job() -> RunningJob | None:
    """Return the job that this thread runs."""
    return _job.get()


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """Make ``request`` the current one in the block."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def running(job: RunningJob) -> Iterator[None]:
    """Make ``job`` the current one in the block."""
    token = _job.set(job)
    try:
        yield
    finally:
        _job.reset(token)
