"""Periodic tasks that use what queues the tasks of ``accounts.tasks``."""

from __future__ import annotations

import logging

from django_tasks import task

from accounts import sanctions
from streamsite import sweep_count

logger = logging.getLogger("streamsite.accounts")


@task()
def end_suspensions() -> int:
    """Reinstate the accounts whose suspension is over; return their number.

    Nothing is done while the database is older than the files: a later suspension may be missing from the backup.
    """
    if sanctions.is_any_due() and (older := sweep_count.stale_database_message()):
        logger.warning("suspensions do not end yet: %s", older)
        return 0
    return sanctions.end_due_suspensions()
