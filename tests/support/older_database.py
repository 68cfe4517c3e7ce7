"""A database that is older than the files, as after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from streamsite import atomic_files, site_id, sweep_count


@contextmanager
def simulate_older_database() -> Iterator[None]:
    """Let the files have been swept once more than the database knows; afterwards both are level."""
    path = Path(settings.MEDIA_ROOT) / site_id.COUNT_FILE
    atomic_files.write_atomically(path, f"{sweep_count.read_database_count() + 1}\n", mode=0o640)
    try:
        yield
    finally:
        sweep_count.start_sweep(force=True)
