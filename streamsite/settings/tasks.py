"""Jobs: their queues, time limits and periodic runs."""

from __future__ import annotations

import re

from streamsite import env
from streamsite.mail import retry_schedule

# Jobs are kept in MongoDB in any case; with "celery", Celery's workers carry them out.
TASK_BACKEND = env.choice("TASK_BACKEND", "mongodb", ("mongodb", "celery"))
CELERY_BROKER_URL = env.secret("CELERY_BROKER_URL") or "redis://127.0.0.1:6379/0"
if not re.match(r"[a-z][a-z0-9+.-]*://", CELERY_BROKER_URL):
    raise env.invalid_value(
        "CELERY_BROKER_URL", "it must look like redis://127.0.0.1:6379/0 or amqp://user@host/", is_secret=True
    )
# Seconds after each try. What is older than a day is no news: subscriptions/notifications/push/.
PUSH_PAUSES = (60, 300, 1_800, 7_200, 21_600)
TASKS = {
    "default": {
        "BACKEND": {
            "mongodb": "streamsite.tasks.backend.MongoTaskBackend",
            "celery": "streamsite.tasks.celery_backend.CeleryTaskBackend",
        }[TASK_BACKEND],
        "QUEUES": ["default", "mail", "push", "webhooks", "transcode", "storage", "backup", "imports"],
        "OPTIONS": {
            "lease_seconds": env.integer("TASK_LEASE_SECONDS", 20, least=2, most=600),
            "resend_seconds": env.integer("TASK_RESEND_SECONDS", 15, least=1, most=600),
            # A mail server may be away for two days: docs/decisions/0029-mail.md.
            "max_tries_of": {"mail": retry_schedule.MAX_TRIES, "push": len(PUSH_PAUSES) + 1},
            "pauses_of": {"mail": retry_schedule.PAUSES, "push": PUSH_PAUSES},
            # Seconds that one try may take. What ffmpeg does has limits of its own, by the length of the video.
            "time_limits": {
                "default": 3_600,
                "mail": env.integer("TASK_MAIL_SECONDS", 60, least=1, most=3_600),
                "push": 600,
                "webhooks": 600,
                "storage": 12 * 3_600,
                "backup": 7 * 86_400,
                "imports": 86_400,
                "transcode": 7 * 86_400,
            },
            "time_limits_of_tasks": {
                # Look at every row.
                "streamsite.tasks.reconcile.reconcile_counters": 6 * 3_600,
                "streamsite.tasks.figures.measure_storage": 6 * 3_600,
                "videos.tasks.rebuild_search": 6 * 3_600,
                # Short, and waited for: a video appears at the time that its owner set.
                "videos.tasks.change_visibility": 300,
                "videos.tasks.count_views": 300,
            },
        },
    }
}

# A file that `run_worker` touches while its threads go on, for probes of containers.
WORKER_ALIVE_PATH = env.matching(
    "WORKER_ALIVE_PATH", "", r"/[^\0]+|", allowed="use the absolute path of a file"
)

# Seconds between the runs of a task.
PERIODIC_TASKS = {
    "videos.tasks.change_visibility": 60,
    "videos.tasks.count_views": 60,
    "accounts.periodic_tasks.end_suspensions": 60,
    "subscriptions.tasks.send_mails": 3_600,
    "subscriptions.tasks.send_webhooks": 60,
    "videos.websub.tasks.send_feed_updates": 60,
    "streamsite.tasks.reconcile.reconcile_counters": 86_400,
    "streamsite.tasks.figures.count_days": 900,
    "streamsite.tasks.figures.measure_storage": 3_600,
    "streamsite.backup.tasks.schedule_backup": 300,
    "videos.tasks.remove_sources": 3_600,
    "takeout.tasks.sweep_takeout": 3_600,
    "videos.tasks.sweep": env.integer("SWEEP_SECONDS", 1_800, least=1, most=86_400),
}
SWEEP_GRACE_SECONDS = env.integer("SWEEP_GRACE_SECONDS", 3_600, least=1, most=7 * 86_400)
# Days after which the original file of a video that is ready goes, 0 for never.
SOURCE_DAYS = env.integer("SOURCE_DAYS", 0, least=0, most=3_650)
# How long what the sweeper took away waits in the trash.
TRASH_DAYS = env.integer("TRASH_DAYS", 7, least=1, most=365)
