"""Scheduled backups: whether one is due is asked every few minutes; it runs in a queue of its own, one for the site."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django_tasks import task

from streamsite.backup import creation, record_store
from streamsite.backup.errors import BackupError, Busy
from streamsite.backup.places import open_target
from streamsite.progress import Progress, format_bytes
from streamsite.tasks.backend import enqueue_once
from streamsite.tasks.errors import RetryLater

logger = logging.getLogger("streamsite.backup")

# After one that failed at all its tries.
MAX_PAUSE = timedelta(hours=1)


@task()
def schedule_backup() -> None:
    """Queue a backup when the last one is ``BACKUP_EVERY_HOURS`` old, and ``BACKUP_TO`` says where they go."""
    every = timedelta(hours=settings.BACKUP_EVERY_HOURS)
    if settings.BACKUP_TO and record_store.is_due(every, pause=min(every, MAX_PAUSE)):
        enqueue_once(back_up, "backup")


@task(queue_name="backup")
def back_up() -> None:
    """Make a backup as the settings say. A run that was interrupted is continued by the next."""
    if not settings.BACKUP_TO:
        return
    options = creation.Options(
        parts=settings.BACKUP_PARTS, passphrase=settings.BACKUP_PASSPHRASE, keep=settings.BACKUP_KEEP
    )
    try:
        made = creation.create(open_target(settings.BACKUP_TO), options, Progress())
    except Busy as error:
        logger.info("backup: %s", error)
    except (BackupError, OSError) as error:
        reason = str(error) if isinstance(error, BackupError) else f"{type(error).__name__}: {error.strerror}"
        record_store.record_failure(reason)
        raise RetryLater(reason) from None
    else:
        logger.info(
            "backup: %s is complete, %s of files were new", made.snapshot["id"], format_bytes(made.copied)
        )
