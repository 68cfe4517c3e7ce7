"""Handlers of the signals of accounts and the task queue."""

from __future__ import annotations

from collections.abc import Sequence

from django.dispatch import receiver

from accounts.signals import account_deactivated, account_deleted
from streamsite.tasks.signals import FAILED, task_dead
from takeout import tasks
from takeout.exports import building
from takeout.exports import services as exports
from takeout.imports import running
from takeout.imports import services as imports


@receiver([account_deactivated, account_deleted])
def delete_archives(sender: type, user_id: str, **extra: object) -> None:
    """Delete the archives of an account that was closed: nobody may fetch them any more."""
    exports.delete_for_user(user_id)
    imports.delete_for_user(user_id)


@receiver(task_dead)
def mark_failed(
    sender: object, task_path: str, args: Sequence[object], code: str = FAILED, **extra: object
) -> None:
    """Mark the export or import of a job that was set aside as failed, so that its owner knows."""
    if task_path == tasks.build_export.module_path and args:
        building.fail(str(args[0]), code)
    if task_path == tasks.run_import.module_path and args:
        running.fail(str(args[0]), code)
