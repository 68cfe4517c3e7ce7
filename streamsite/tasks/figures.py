"""The periodic computation of figures for the dashboard of the admin."""

from __future__ import annotations

from django_tasks import task

from streamsite.figures import computing


@task(priority=-10)
def count_days() -> None:
    """Count what happened on each of the last days."""
    computing.compute_daily_counts()


@task(priority=-10)
def measure_storage() -> None:
    """Measure what the site stores, by kind."""
    computing.measure_storage()
