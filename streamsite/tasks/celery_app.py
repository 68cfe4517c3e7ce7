"""The Celery application: how the broker is reached, and the call of a queue, by web processes and workers alike.

Imported with the first call only, so that Celery need not be installed without ``TASK_BACKEND=celery``.
"""

from __future__ import annotations

from celery import Celery
from django.conf import settings
from kombu import Exchange, Queue

from streamsite.tasks import control
from streamsite.tasks.worker import PERIODIC_QUEUE

RUN_JOB = "streamsite.run_job"
# Workers ask Redis for calls once a second, so it has answered long before.
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0
IS_REDIS = settings.CELERY_BROKER_URL.startswith("redis")

app = Celery("streamsite", set_as_current=False)
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=(
        {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS}
        if IS_REDIS
        else {"confirm_publish": True}
    ),
    broker_connection_timeout=CONNECT_SECONDS,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    # Each bound by its own name: by the default, every queue would hear the calls for all.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in control.list_queue_names()],
    task_default_queue=PERIODIC_QUEUE,
    task_create_missing_queues=False,
    # Calls wait at the broker and not in a busy worker, where no other one could hear them.
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    task_publish_retry=False,
    # Encoding happens in ffmpeg's processes, so threads are enough, and a stopping worker reaches its jobs.
    worker_pool="threads",
    worker_cancel_long_running_tasks_on_connection_loss=False,
)


def publish(queue: str, *, is_again: bool = False) -> None:
    """Give the broker a call: the queue has a due job. Raises what the broker's client raises."""
    app.send_task(RUN_JOB, args=[queue, is_again], queue=queue, ignore_result=True)
