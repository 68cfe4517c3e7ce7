"""A count in database and data folder, raised by every sweep and ``prepare``, that shows an older database.

It lies in the site's document of the database and in ``media/site-count`` beside the id; in the bucket, too. An older
copy of the database has a lower one than the files. The database is written first and read last, so that neither a kill
between the two nor a sweep at the same moment makes it look older than it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django.conf import settings
from pymongo import ReturnDocument

from streamsite import atomic_files, site_id
from streamsite.mongo.collections import collection

FIELD = "count"
RECOVERY_HINT = (
    "Restore the newer database; or list with `manage.py sweep --dry-run` what this one does not name, and run"
    " `manage.py sweep --force` to move that to the trash and go on."
)


def read_folder_count() -> int:
    """Return the data folder's count, 0 when there is none. Raises ``ValueError`` when the file is damaged."""
    try:
        return int(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return 0


def read_database_count() -> int:
    """Return the database's count, 0 when there is none."""
    found = site_id.read_site_document(collection(site_id.COLLECTION).database)
    return cast(int, found.get(FIELD, 0))


def stale_database_message(in_bucket: int = 0) -> str:
    """Return that the database is older than the files and what to do, "" when it is not.

    ``in_bucket`` is the count of the bucket, read before.
    """
    try:
        there = max(read_folder_count(), in_bucket)
    except ValueError:
        return f"{_path()} is damaged, so nothing was moved to the trash or deleted. {RECOVERY_HINT}"
    here = read_database_count()
    if there <= here:
        return ""
    return (
        f"The database {settings.DATABASES['default']['NAME']!r} is older than the files of the site (their counts are"
        f" {here} and {there}), so nothing was moved to the trash or deleted. {RECOVERY_HINT}"
    )


def increment_count(in_bucket: int = 0) -> int:
    """Raise the count of the database above all others, and bring the data folder's level. Return it."""
    try:
        least = max(read_folder_count(), in_bucket)
    except ValueError:
        least = in_bucket
    higher = {"$add": [{"$max": [f"${FIELD}", least]}, 1]}
    found = collection(site_id.COLLECTION).find_one_and_update(
        {"_id": site_id.DOCUMENT}, [{"$set": {FIELD: higher}}], return_document=ReturnDocument.AFTER
    )
    if found is None:  # adopted by nobody
        return 0
    atomic_files.write_atomically(_path(), f"{found[FIELD]}\n", mode=0o640)
    return int(found[FIELD])


def start_sweep(*, force: bool = False) -> str:
    """Return why a sweep may take nothing, "" when it may: then it is counted. ``force`` counts it in any case."""
    sentence = "" if force else stale_database_message()
    if not sentence:
        increment_count()
    return sentence


def _path() -> Path:
    return Path(settings.MEDIA_ROOT) / site_id.COUNT_FILE
