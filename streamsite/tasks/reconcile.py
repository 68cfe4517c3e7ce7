"""The nightly look at all counters, and at what the previous release left behind."""

from __future__ import annotations

from django_tasks import task

from streamsite.mongo import counters, repairs


@task()
def reconcile_counters() -> dict[str, int]:
    """Fill in missing fields, set right derived ones and counters; return how many of each kind."""
    done = {found.name: found.corrected for found in repairs.repair_documents()}
    return done | {drift.counter.name: drift.corrected for drift in counters.reconcile()}
