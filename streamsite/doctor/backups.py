"""The check of backups: whether one was made, and how old it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from streamsite.backup import last_backup
from streamsite.doctor.registry import Finding, ok, problem, register_check, warning
from streamsite.sanitize import format_bytes

# Of a site that has no schedule.
MAX_AGE = timedelta(days=7)


def check_backups() -> Iterator[Finding]:
    """Check the age of the last complete backup: twice the schedule's interval, or a week, is too old."""
    found = last_backup()
    is_scheduled = bool(settings.BACKUP_TO)
    remedy = (
        "manage.py backup --list says why; is a worker for the queue 'backup' running?"
        if is_scheduled
        else "Run manage.py backup, or set BACKUP_TO (docs/operations.md, 'Backup and restore')."
    )
    if found is None:
        yield warning(
            "No backup of database and files was made with manage.py backup, or none since a restore.", remedy
        )
        return
    age = timezone.now() - found.finished_at
    told = f"The last backup is {_hours(age)} old and has {format_bytes(found.size)}."
    if is_scheduled and age > timedelta(hours=2 * settings.BACKUP_EVERY_HOURS):
        yield problem(told, remedy)
    elif not is_scheduled and age > MAX_AGE:
        yield warning(told, remedy)
    else:
        yield ok(told)


def _hours(age: timedelta) -> str:
    """Return an age in hours, or in days from two days on."""
    hours = round(age.total_seconds() / 3600)
    if hours >= 48:
        return f"{hours // 24} days"
    return "1 hour" if hours == 1 else f"{hours} hours"


register_check("Backups", check_backups, needs_database=True)
