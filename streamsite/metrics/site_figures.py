"""The project's own figures at ``/metrics``: checks, disk, queues, workers, version, backups."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from streamsite import __version__, health
from streamsite.metrics.registry import Family, Reading, Source, register_source
from streamsite.space import reservations
from streamsite.tasks import control, heartbeats

BUILD = Family("streamsite_build_info", "The version of the process that answers; always 1.", ("version",))
DATABASE = Family("streamsite_database_up", "1 if MongoDB answers, else 0.")
CHECKS = Family(
    "streamsite_check_ok", "1 if a check of /readyz is true, else 0; none while it is not known.", ("check",)
)
DISK_FREE = Family("streamsite_disk_free_bytes", "Free space on the disk of the data folder.")
DISK_SIZE = Family("streamsite_disk_size_bytes", "Size of the disk of the data folder.")
DISK_RESERVED = Family("streamsite_disk_watermark_bytes", "Uploads are refused when less than this is free.")
SPACE_RESERVED = Family(
    "streamsite_disk_reserved_bytes", "Space that running jobs have reserved and not written to yet."
)
JOBS = Family(
    "streamsite_jobs",
    "Jobs of a queue that wait for a worker, are to begin later, run, or failed for good in the last week.",
    ("queue", "state"),
)
OLDEST_JOB = Family(
    "streamsite_job_oldest_age_seconds",
    "For how long the job of a queue that has waited longest has been due; 0 when none waits.",
    ("queue",),
)
WORKERS = Family("streamsite_workers", "Workers that take jobs of a queue.", ("queue",))
WORKERS_MISSING = Family(
    "streamsite_queue_without_worker", "1 if a queue has had no worker for a minute, else 0.", ("queue",)
)
WORKER_VERSIONS = Family("streamsite_worker_versions", "Workers by their version.", ("version",))
BACKUP = Family(
    "streamsite_backup_last_success_timestamp_seconds",
    "When the last complete backup was made, in seconds since 1970; no sample while none is known.",
)

_backup_time: list[Callable[[], datetime | None]] = []


def register_backup_time(read: Callable[[], datetime | None]) -> None:
    """Have ``read`` say when the last complete backup was made, ``None`` for never."""
    _backup_time[:] = [read]


def _version() -> Reading:
    return {BUILD.name: {(__version__,): 1}}


def _checks() -> Reading:
    found = health.check_results()
    return {
        DATABASE.name: {(): found["database"] is True},
        CHECKS.name: {(name,): result is True for name, result in found.items() if result != health.UNKNOWN},
    }


def _disk() -> Reading:
    usage = shutil.disk_usage(settings.DATA_DIR)
    return {
        DISK_FREE.name: {(): usage.free},
        DISK_SIZE.name: {(): usage.total},
        DISK_RESERVED.name: {(): settings.DISK_WATERMARK_BYTES},
    }


def _reserved() -> Reading:
    return {SPACE_RESERVED.name: {(): reservations.reserved_bytes()}}


def _queues() -> Reading:
    jobs: dict[tuple[str, ...], float] = {}
    oldest: dict[tuple[str, ...], float] = {}
    for name, figures in control.read_queue_figures(health.needed_queues()).items():
        jobs |= {(name, state): count for state, count in figures.counts.items()}
        oldest[(name,)] = figures.oldest_seconds
    return {JOBS.name: jobs, OLDEST_JOB.name: oldest}


def _workers() -> Reading:
    names = health.needed_queues()
    count: dict[tuple[str, ...], float] = {(name,): 0 for name in names}
    versions: dict[tuple[str, ...], float] = {}
    for worker in heartbeats.list_alive(heartbeats.MAX_LISTED):
        versions[(worker["version"],)] = versions.get((worker["version"],), 0) + 1
        for name in worker["queues"]:
            if (name,) in count:
                count[(name,)] += 1
    served = heartbeats.served_queues()
    return {
        WORKERS.name: count,
        WORKERS_MISSING.name: {(name,): name not in served for name in names},
        WORKER_VERSIONS.name: versions,
    }


def _backup() -> Reading:
    moment = _backup_time[0]() if _backup_time else None
    return {} if moment is None else {BACKUP.name: {(): moment.timestamp()}}


register_source(Source((BUILD,), _version, needs_database=False))
# health keeps these answers itself.
register_source(Source((DATABASE, CHECKS), _checks, needs_database=False, seconds=1.0))
register_source(Source((DISK_FREE, DISK_SIZE, DISK_RESERVED), _disk, needs_database=False))
register_source(Source((SPACE_RESERVED,), _reserved))
register_source(Source((JOBS, OLDEST_JOB), _queues))
register_source(Source((WORKERS, WORKERS_MISSING, WORKER_VERSIONS), _workers))
register_source(Source((BACKUP,), _backup))
