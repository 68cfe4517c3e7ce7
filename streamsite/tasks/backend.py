"""The django-tasks backend over the lease queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from streamsite.mongo.engine.client import connection_for
from streamsite.mongo.engine.commands import run_read, run_write
from streamsite.tasks import queue
from streamsite.tasks.documents import JobDocument
from streamsite.tasks.retry_delay import compute_retry_delay

# Of everything that waits for the mail server, so that nothing else waits behind it.
MAIL = "mail"
# Of everything that waits for the push services of browsers.
PUSH = "push"
# Of everything that waits for servers of users.
WEBHOOKS = "webhooks"

P = ParamSpec("P")
T = TypeVar("T")

STATUSES = {
    queue.READY: TaskResultStatus.READY,
    queue.RUNNING: TaskResultStatus.RUNNING,
    queue.DONE: TaskResultStatus.SUCCESSFUL,
    queue.DEAD: TaskResultStatus.FAILED,
    queue.CANCELLED: TaskResultStatus.FAILED,
}


class MongoTaskBackend(BaseTaskBackend):
    """Stores jobs where everything is stored; within ``atomic()`` a job exists only if the block commits.

    ``OPTIONS``: ``lease_seconds`` (20), ``max_tries`` (5), ``database`` (the Django alias, ``default``);
    ``max_tries_of``, ``pauses_of`` (seconds after each try), and ``time_limits`` (seconds) by queue,
    ``time_limits_of_tasks`` by a task's path.
    """

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    @property
    def lease_seconds(self) -> float:
        """Seconds after which a silent worker's job is taken over."""
        return float(self.options.get("lease_seconds", 20))

    def time_limit(self, task_path: str, queue_name: str) -> float | None:
        """Return how many seconds one try may take; ``None`` without a limit."""
        limits: dict[str, float] = self.options.get("time_limits_of_tasks", {})
        by_queue: dict[str, float] = self.options.get("time_limits", {})
        return limits.get(task_path, by_queue.get(queue_name))

    def max_tries(self, queue_name: str) -> int:
        """Return how often a job of the queue is tried before it is set aside."""
        by_queue: dict[str, int] = self.options.get("max_tries_of", {})
        return int(by_queue.get(queue_name, self.options.get("max_tries", 5)))

    def pause(self, queue_name: str, tries: int) -> timedelta:
        """Return how long a job of the queue waits after its ``tries``-th failure."""
        by_queue: dict[str, Sequence[float]] = self.options.get("pauses_of", {})
        return compute_retry_delay(tries, by_queue.get(queue_name, ()))

    def enqueue(
        self, task: Task[P, T], args: Iterable[object], kwargs: Mapping[str, object]
    ) -> TaskResult[T]:
        """Store a job for ``task``."""
        return self.enqueue_named(task, None, args, kwargs)

    def enqueue_named(
        self, task: Task[P, T], unique: str | None, args: Iterable[object], kwargs: Mapping[str, object]
    ) -> TaskResult[T]:
        """Store a job, unless one named ``unique`` is unfinished; then that one is the result."""
        self.validate_task(task)
        job = queue.build_job(
            task.module_path,
            normalize_json(list(args)),
            normalize_json(dict(kwargs)),
            queue=task.queue_name,
            priority=task.priority,
            run_at=task.run_after,
            max_tries=self.max_tries(task.queue_name),
            unique=unique,
        )
        connection = connection_for(self.options.get("database", "default"))
        outcome = run_write(connection, lambda session: queue.put_result(job, session=session))
        if outcome.upserted_id is None and unique is not None:
            present = run_read(connection, lambda session: queue.find_named(unique, session=session))
            # It may have ended in between; then its work is done, which is what was asked for.
            return self._result(present or job | {"state": queue.DONE}, task)
        result = self._result(job, task)
        self.wake(job["_id"])
        task_enqueued.send(type(self), task_result=result)
        return result

    def wake(self, job_id: str) -> None:
        """Announce a job that was stored, revived or moved. Workers of the lease queue see it without this."""

    def get_result(self, result_id: str) -> TaskResult[object]:
        """Return the state of a job."""
        document = queue.find(result_id)
        if document is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(document, load_task(document["task"]))

    def _result(self, document: JobDocument, task: Task[P, T]) -> TaskResult[T]:
        result: TaskResult[T] = TaskResult(
            task=task.using(priority=document["priority"], queue_name=document["queue"]),
            id=document["_id"],
            status=STATUSES[document["state"]],
            enqueued_at=_aware(document["enqueued_at"]),
            started_at=_aware(document.get("started_at")),
            finished_at=_aware(document.get("finished_at")),
            last_attempted_at=_aware(document.get("started_at")),
            args=document["args"],
            kwargs=document["kwargs"],
            backend=self.alias,
            errors=[
                TaskError(
                    exception_class_path=entry["exception"] or "builtins.Exception", traceback=entry["error"]
                )
                for entry in document["errors"]
            ],
            worker_ids=document["workers"],
        )
        object.__setattr__(result, "_return_value", document.get("return_value"))
        return result


def enqueue_once(task: Task[P, T], unique: str, *args: P.args, **kwargs: P.kwargs) -> TaskResult[T]:
    """Enqueue ``task`` unless a job named ``unique`` is waiting or running. The end of a job frees its name.

    Another backend (the immediate one of tests) knows no names and simply enqueues.
    """
    backend = task.get_backend()
    if isinstance(backend, MongoTaskBackend):
        return backend.enqueue_named(task, unique, args, kwargs)
    return task.enqueue(*args, **kwargs)


def load_task(path: str) -> Task[..., object]:
    """Return the task at a dotted path. Raises ``ImportError`` for what is not a task of this project."""
    found = import_string(path)
    if not isinstance(found, Task):
        raise ImportError(f"{path} is not a task")  # noqa: TRY004 - as for a path that leads nowhere
    return found


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
