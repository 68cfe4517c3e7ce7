"""The site's id: proof that a database, a data folder and a bucket belong together.

A random id lies in the database (``streamsite_site``), in the data folder (``media/site-id``, beside the files that the
database's rows name, so that both are backed up and restored together) and in the bucket
(``videos/files/bucket_site.py``). ``manage.py prepare`` writes it; every process compares it at its start, and the
sweeper before it touches a file.

Nothing here depends on an app: apps call ``register_witness`` with functions that tell which files they keep and which
of them the database knows.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pymongo
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from streamsite import atomic_files, releases, trash
from streamsite.caching import cached
from streamsite.mongo.collections import collection
from streamsite.site_mismatch import (
    database_name,
    describe_mismatch,
    missing_files_message,
    unknown_files_message,
)

logger = logging.getLogger("streamsite.site_id")

COLLECTION, DOCUMENT = "streamsite_site", "site"
FILE = "site-id"
COUNT_FILE = "site-count"  # of ``sweep_count``
VALID = re.compile(r"\A[0-9a-f]{32}\Z")
UNAUTHORIZED = 13
CONNECTION_ERRORS = (PyMongoError, DatabaseError, InterfaceError)
ANSWER_SECONDS, RETRY_SECONDS, CACHE_SECONDS = 2.0, 2.0, 5.0
BATCH = 500


class SiteMismatch(Exception):
    """The database is not for these files, or not for this version. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class Witness:
    """The files that an app keeps.

    ``iter_names`` yields the names in the data folder, ``find_known`` returns those of some names that the database
    knows, and ``expects_files`` whether the database names any file.
    """

    iter_names: Callable[[], Iterator[str]]
    find_known: Callable[[set[str]], set[str]]
    expects_files: Callable[[], bool]


_witnesses: dict[str, Witness] = {}


def register_witness(
    name: str,
    *,
    iter_names: Callable[[], Iterator[str]],
    find_known: Callable[[set[str]], set[str]],
    expects_files: Callable[[], bool],
) -> None:
    """Add the files of an app to the evidence by which ``prepare`` decides whether a folder may be adopted."""
    _witnesses[name] = Witness(iter_names, find_known, expects_files)


# --- reading --------------------------------------------------------------------------------------


def read_folder_id(media: Path) -> str:
    """Return the id in a data folder's ``media``, "" when there is none. Raises ``SiteMismatch`` when it is damaged."""
    path = media / FILE
    try:
        content = path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SiteMismatch(f"{path} cannot be read ({error.strerror}). Give it to the site's user.") from None
    if not VALID.match(content):
        raise SiteMismatch(
            f"{path} is damaged. Restore it from a backup, or run `manage.py site_id --adopt` if the database and the"
            " data folder belong together."
        )
    return content


def read_site_document(database: Database[dict[str, object]]) -> dict[str, object]:
    """Return the site's document of a pymongo ``Database``, {} when there is none. Raises ``PyMongoError``."""
    return database[COLLECTION].find_one({"_id": DOCUMENT}) or {}


def read_own_document() -> dict[str, object]:
    """Return the document of this site's database, {} when there is none. Raises ``PyMongoError``."""
    return read_site_document(collection(COLLECTION).database)


def read_database_id() -> str:
    """Return the id in the database, "" when there is none.

    Raises ``SiteMismatch`` when it may not be read, or when a newer version made the database useless to this one.
    """
    try:
        document = read_own_document()
    except OperationFailure as error:
        if error.code != UNAUTHORIZED:
            raise
        raise SiteMismatch(
            f"MongoDB does not let the site's user read the database {database_name()!r}."
            " Correct MONGODB_NAME or MONGODB_URI."
        ) from None
    if told := releases.refusal(document):
        raise SiteMismatch(told)
    return str(document.get("site_id", ""))


def current_site_id() -> str:
    """Return the site's id. Raises ``SiteMismatch`` unless database and data folder agree on one."""
    require_match()
    return read_folder_id(_media())


def require_match() -> None:
    """Raise ``SiteMismatch`` unless database and data folder have the same id. Raises one of ``CONNECTION_ERRORS``."""
    if sentence := describe_mismatch(read_database_id(), read_folder_id(_media())):
        raise SiteMismatch(sentence)


def wait_and_require_match() -> None:
    """Do as ``require_match``, and wait for a database that is away."""
    while True:
        try:
            return require_match()
        except CONNECTION_ERRORS as error:
            logger.warning("database unavailable (%s); waiting", error.__class__.__name__)
            time.sleep(RETRY_SECONDS)


def exit_on_mismatch() -> None:
    """End this process when database and data folder belong to different sites, at once or when MongoDB answers."""
    try:
        with pymongo.timeout(ANSWER_SECONDS):
            require_match()
    except SiteMismatch as error:
        logger.critical("%s", error)
        raise SystemExit(1) from None
    except CONNECTION_ERRORS:
        threading.Thread(target=_guard_later, name="site id", daemon=True).start()


def _guard_later() -> None:
    try:
        wait_and_require_match()
    except SiteMismatch as error:
        logger.critical("%s", error)
        os._exit(1)


_last_message = ""


def mismatch_message() -> str:
    """Return why database and data folder do not belong together, "" when they do. Read at most every five seconds.

    While the database is away, return what was found last.
    """
    global _last_message
    with suppress(*CONNECTION_ERRORS):
        _last_message = _find_mismatch()
    return _last_message


@cached(seconds=CACHE_SECONDS)
def _find_mismatch() -> str:
    try:
        with pymongo.timeout(ANSWER_SECONDS):
            require_match()
    except SiteMismatch as error:
        return str(error)
    return ""


# --- deciding -------------------------------------------------------------------------------------


def _media() -> Path:
    return Path(settings.MEDIA_ROOT)


def _has_files() -> bool:
    """Return whether ``media`` has files besides the site's id; empty folders, hidden files and trash do not count."""
    for _, folders, names in os.walk(_media()):
        folders[:] = [name for name in folders if name != trash.NAME]
        if any(name not in {FILE, COUNT_FILE} and not name.startswith(".") for name in names):
            return True
    return False


def _knows_files() -> bool:
    for witness in _witnesses.values():
        names = witness.iter_names()
        while batch := set(islice(names, BATCH)):
            if witness.find_known(batch):
                return True
    return False


def require_adoptable() -> None:
    """Raise ``SiteMismatch`` when ``adopt_if_safe`` would. Writes nothing."""
    database, folder = read_database_id(), read_folder_id(_media())
    if database and database == folder:
        return
    if database and folder:
        raise SiteMismatch(describe_mismatch(database, folder))
    if _knows_files():
        return
    if folder:
        raise SiteMismatch(describe_mismatch(database, folder))
    if _has_files():
        raise SiteMismatch(unknown_files_message())
    if any(witness.expects_files() for witness in _witnesses.values()):
        raise SiteMismatch(describe_mismatch(database, folder) if database else missing_files_message())


# --- writing --------------------------------------------------------------------------------------


def adopt_if_safe() -> str:
    """Give a new site its id, or one of an earlier version, and complete one that is half there. Return the id.

    Raises ``SiteMismatch``, and writes nothing, when the files may be another site's or are elsewhere: the ids differ,
    the folder has an id or media files and the database knows none of these, or the database names files and the
    folder is empty.
    """
    require_adoptable()
    database, folder = read_database_id(), read_folder_id(_media())
    site = database or _write_database(folder or secrets.token_hex(16), is_new=True)
    if not folder:
        _write_folder(site)
    require_match()
    return site


def adopt() -> str:
    """Declare that this database and this data folder belong together, by a new id for both. Return it."""
    site = _write_database(secrets.token_hex(16), is_new=False)
    _write_folder(site)
    return site


def mark_prepared() -> None:
    """Note that this version prepared the database, and a token that an older copy of the database does not have."""
    fields = {"prepared": secrets.token_hex(8), **releases.stamp(read_own_document())}
    collection(COLLECTION).update_one({"_id": DOCUMENT}, {"$set": fields})


def _write_database(site: str, *, is_new: bool) -> str:
    fields = {"site_id": site, "adopted_at": datetime.now(UTC).replace(tzinfo=None)}
    change = {"$setOnInsert": fields} if is_new else {"$set": fields}
    collection(COLLECTION).update_one({"_id": DOCUMENT}, change, upsert=True)
    return read_database_id()


def _write_folder(site: str) -> None:
    path = _media() / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_files.write_atomically(path, f"{site}\n", mode=0o640)
