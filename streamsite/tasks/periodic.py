"""Tasks that run again and again: ``PERIODIC_TASKS`` maps a task's path to the seconds between its runs.

Each is a job in the queue like any other, named, so that there is never a second one waiting however many workers ask.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from streamsite.mongo import clock
from streamsite.tasks import queue
from streamsite.tasks.backend import enqueue_once, load_task


def enqueue_periodic_tasks() -> None:
    """Queue the next run of every periodic task that has none waiting, by MongoDB's clock, as the queue goes by it."""
    names = {f"every:{path}": path for path in settings.PERIODIC_TASKS}
    for name in names.keys() - queue.unfinished_names(names):
        path = names[name]
        task, seconds = load_task(path), settings.PERIODIC_TASKS[path]
        due = clock.server_now() + timedelta(seconds=seconds)
        enqueue_once(task.using(run_after=due), name)
