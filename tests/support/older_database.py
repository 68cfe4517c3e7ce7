"""A database that is older than the files, as after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from streamsite import site_age, site_id, whole_files


@contextmanager
def older_database() -> Iterator[None]:
    """Let the files have been swept once more than the database knows; afterwards both are level."""
    path = Path(settings.MEDIA_ROOT) / site_id.COUNT_FILE
    whole_files.write(path, f"{site_age.in_database() + 1}\n", mode=0o640)
    try:
        yield
    finally:
        site_age.begin(force=True)
