"""The nightly look at all counters."""

from __future__ import annotations

from django_tasks import task

from streamsite.mongo import counters


@task()
def reconcile_counters() -> dict[str, int]:
    """Set right the counters that disagree with their rows; how many of each kind."""
    return {drift.counter.name: drift.corrected for drift in counters.reconcile()}
