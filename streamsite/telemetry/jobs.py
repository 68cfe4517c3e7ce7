"""Makes a span of each try of a job, linked to the request that queued it, and lets reports of errors name the job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamsite.telemetry.current import RunningJob, running
from streamsite.telemetry.spans import Kind, Span, root


@contextmanager
def observing(job: RunningJob, *, queued_by: str) -> Iterator[Span | None]:
    """Make a trace of the block, in which ``job`` is run; ``queued_by`` is the reference that is kept with it."""
    attributes: dict[str, str | int] = {
        "messaging.system": "streamsite",
        "messaging.operation.type": "process",
        "messaging.destination.name": job.queue,
        "messaging.message.id": job.id,
        "streamsite.try": job.tries,
    }
    with running(job), root(job.task, Kind.CONSUMER, attributes, link=queued_by) as span:
        yield span
