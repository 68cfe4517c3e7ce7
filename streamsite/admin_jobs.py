"""Readable parts of a job's page: its arguments by name, its tries, its times."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from streamsite.models import Job
from streamsite.sanitize import format_bytes
from streamsite.tasks import admin_links, queue
from streamsite.tasks.backend import load_task
from streamsite.tasks.documents import SPACE

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

STATE_LABELS: dict[str, StrOrPromise] = {
    queue.READY: _("Waiting"),
    queue.RUNNING: _("Running"),
    queue.DONE: _("Done"),
    queue.DEAD: _("Failed"),
    queue.CANCELLED: _("Canceled"),
}


@dataclass(frozen=True)
class JobArgument:
    """An argument of a job: the parameter's name, the value, and the admin page of what it names."""

    name: str
    value: object
    url: str | None = None


def task_label(path: str) -> str:
    """Return the task's name in words: ``videos.tasks.process_video`` -> ``process video``."""
    return path.rpartition(".")[2].replace("_", " ")


def waiting_label(job: Job) -> str:
    """Return what a job that was put back waits for, "" for any other job."""
    if job.state != queue.READY or not job.waiting or job.waiting.get("for") != SPACE:
        return ""
    return gettext("Waiting for disk space: needs %(size)s") % {"size": format_bytes(job.waiting["bytes"])}


def job_arguments(job: Job) -> list[JobArgument]:
    """Return the arguments of a job, by the names of its task's parameters where the task still exists."""
    names = parameter_names(job.task)
    url = admin_links.build_admin_link(job.task, job.args)
    found = [
        JobArgument(names[place] if place < len(names) else str(place + 1), value, None if place else url)
        for place, value in enumerate(job.args)
    ]
    return found + [JobArgument(name, value) for name, value in job.kwargs.items()]


def parameter_names(path: str) -> list[str]:
    """Return the names of the positional parameters of a task; none for one that this version lacks."""
    try:
        function = load_task(path).func
    except (ImportError, AttributeError, TypeError, ValueError):
        return []
    return list(inspect.signature(function).parameters)
