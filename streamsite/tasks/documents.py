"""The documents of the queue as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

# One failed try. As a call, because "try" is no name that a class can have.
Failure = TypedDict("Failure", {"try": int, "at": datetime, "error": str, "exception": str})


# What a job can wait for.
SPACE = "space"
# Why a job was put back: ``for`` is ``SPACE``, ``bytes`` are what it needs. As a call, because "for" is no name either.
Waiting = TypedDict("Waiting", {"for": str, "bytes": int})


class JobDocument(TypedDict):
    """A job in ``task_job``. ``run_at`` is when it is due, or when its lease ends; moments are naive in UTC.

    ``waiting`` says what a job that was put back waits for; in the next try it is ``waited``.
    """

    _id: str
    task: str
    args: list[object]
    kwargs: dict[str, object]
    queue: str
    priority: int
    state: str
    run_at: datetime | None
    tries: int
    max_tries: int
    workers: list[str]
    errors: list[Failure]
    enqueued_at: datetime
    unique: NotRequired[str]
    # The span that queued it, as a ``traceparent``: of a request that was traced.
    trace: NotRequired[str]
    started_at: NotRequired[datetime]
    finished_at: NotRequired[datetime]
    return_value: NotRequired[object]
    error: NotRequired[str]
    waiting: NotRequired[Waiting]
    waited: NotRequired[Waiting]
