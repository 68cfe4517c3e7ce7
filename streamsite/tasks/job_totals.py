"""Counts of tries of jobs, kept in the database for monitoring: by queue, result, and class of reason."""

from __future__ import annotations

import time

from streamsite.expected_errors import is_expected
from streamsite.metrics import totals
from streamsite.tasks.errors import PermanentFailure, RetryLater, TimeLimitExceeded
from streamsite.tasks.job_log import EXTERNAL_ERRORS
from streamsite.tasks.queue import Job

ATTEMPTS = totals.total(
    "streamsite_job_attempts_total",
    "Tries of jobs that ended, by their result (done, returned, failed, dead) and the class of what went wrong.",
    ("queue", "result", "reason"),
)
SECONDS = totals.total("streamsite_job_seconds_total", "Seconds that tries of jobs took.", ("queue",))
NONE, FAULT, WORKER_LOST = "none", "fault", "worker_lost"
totals.register_totals(ATTEMPTS, SECONDS)


def reason_class(error: BaseException | None) -> str:
    """Return one of few words for what a task raised."""
    classes: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
        (PermanentFailure, "permanent"),
        (RetryLater, "partner"),
        (TimeLimitExceeded, "time_limit"),
        (EXTERNAL_ERRORS, "partner"),
    )
    if error is None:
        return NONE
    known = next((word for kind, word in classes if isinstance(error, kind)), "")
    return known or ("expected" if is_expected(error) else FAULT)


def count_attempt(job: Job, result: str, begun: float, reason: str) -> None:
    """Count a try that ``begun`` at this moment of ``time.monotonic`` and ends now."""
    totals.add(
        (ATTEMPTS, (job.queue, result, reason), 1),
        (SECONDS, (job.queue,), round(time.monotonic() - begun, 3)),
    )
