"""Thin tasks: they take ids, tolerate missing rows and may run again. Queued jobs store their names."""

from __future__ import annotations

from django_tasks import task

from streamsite.tasks.backend import enqueue_once
from takeout.exports import building
from takeout.exports import services as exports
from takeout.imports import running
from takeout.imports import services as imports

# Where long work with media is done, in turns with it: see docs/decisions/0072-takeout.md.
QUEUE = "transcode"


@task(queue_name=QUEUE)
def build_export(export_id: str) -> None:
    """Build the archive of an account's data."""
    building.build(export_id)


@task(queue_name=QUEUE)
def run_import(import_id: str) -> None:
    """Import an archive, or report what would come over."""
    running.run(import_id)


@task()
def sweep_takeout() -> int:
    """Remove archives whose time is over."""
    return exports.sweep() + imports.sweep()


def enqueue_export(export_id: str) -> None:
    """Queue the building of an archive."""
    enqueue_once(build_export, f"export:{export_id}", export_id)


def enqueue_import(import_id: str) -> None:
    """Queue an import."""
    enqueue_once(run_import, f"import:{import_id}", import_id)
