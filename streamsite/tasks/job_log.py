"""The one line that says how a try of a job ended, in the form of a request's line."""

from __future__ import annotations

import inspect
import logging
import smtplib
import socket
import time
from functools import cache

from streamsite import errors
from streamsite.expected_errors import is_expected
from streamsite.tasks.backend import load_task
from streamsite.tasks.queue import Job

logger = logging.getLogger("streamsite.worker")

DONE, RETURNED, FAILED, DEAD = "done", "returned", "failed", "dead"
# What other machines' failures look like to a task.
EXTERNAL_ERRORS = (ConnectionError, TimeoutError, socket.gaierror, smtplib.SMTPException)


def log_attempt(
    job: Job, result: str, begun: float, *, error: BaseException | None = None, reason: str = ""
) -> None:
    """Write the line; ``begun`` is when the try began, by ``time.monotonic``.

    ``error`` is what the task raised: a fault of the site gets its traceback, an outage or a refusal its class.
    ``reason`` is a sentence for people instead.
    """
    is_fault = error is not None and not (is_expected(error) or isinstance(error, EXTERNAL_ERRORS))
    if error is not None:
        reason = errors.describe_causes(error)
    fields: dict[str, object] = {
        "task": job.task,
        "queue": job.queue,
        "result": result,
        "tries": job.tries,
        "duration_ms": round((time.monotonic() - begun) * 1000, 1),
    }
    if video := _video_of(job):
        fields["video_id"] = video
    if reason:
        fields["reason"] = reason
    tries = "" if result in {DONE, RETURNED} else f" (try {job.tries} of {job.max_tries})"
    about = f" video {video}" if video else ""
    line = f"{job.task} {result}{tries} {fields['duration_ms']} ms{about}{f': {reason}' if reason else ''}"
    level = logging.ERROR if is_fault else logging.INFO if result in {DONE, RETURNED} else logging.WARNING
    logger.log(level, "%s", line, exc_info=error if is_fault else None, extra={"fields": fields})


def _video_of(job: Job) -> str:
    """Return the id of the video that the job is about; empty when it is about something else."""
    if "video_id" in job.kwargs:
        return str(job.kwargs["video_id"])
    return str(job.args[0]) if job.args and _begins_with_a_video(job.task) else ""


@cache
def _begins_with_a_video(path: str) -> bool:
    try:
        task = load_task(path)
    except ImportError:  # of another version
        return False
    names = [name for name in inspect.signature(task.func).parameters if name != "context"]
    return names[:1] == ["video_id"]
