"""The project's pytest plugin: a MongoDB and a data folder of the run's own, before Django reads its settings.

Tests commit for real and clean up by deleting what was written: what a request, a task and a thread see is what
they would see in production, which a transaction around the test would hide.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from pymongo import monitoring
from pymongo.database import Database

from streamsite.mongo.server import EmbeddedMongo
from tests.support.commands import LOG
from tests.support.mongo import acknowledge_before_journal, root_uri
from tests.support.processes import child_pids
from tests.support.selection import Record, Selection

READY = "STREAMSITE_TEST_DATA_DIR"
BROKER = "STREAMSITE_TEST_BROKER"  # set by script/test-celery
# What migrations wrote, which no test is to take away.
KEPT_COLLECTIONS = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "__schema__",
    "streamsite_site",
}

_mongo: EmbeddedMongo | None = None
_has_started_process = False
_writes_at_last_look: dict[tuple[str, str], int] = {}


def _watch_for_processes(event: str, arguments: tuple[object, ...]) -> None:
    """Note that this process has started another one, which may write to the database as well."""
    global _has_started_process
    if event in {"subprocess.Popen", "os.fork", "os.posix_spawn"}:
        _has_started_process = True


sys.addaudithook(_watch_for_processes)


def has_started_process() -> bool:
    """Return whether other processes may have written to the database since it was emptied."""
    return _has_started_process


def empty_collections() -> None:
    """Delete what tests wrote; what migrations wrote stays.

    This process knows which collections it wrote to. When it has started others, the server is asked as well, which
    counts the writes of all.
    """
    global _has_started_process
    from pymongo.write_concern import WriteConcern

    from streamsite.mongo.engine.client import get_database

    database = get_database("default").with_options(write_concern=WriteConcern(w=1))
    names = {name for place, name in LOG.written if place == database.name} - KEPT_COLLECTIONS
    if _has_started_process:
        counted = _count_writes(database)
        names |= {
            name
            for name, count in counted.items()
            if count != _writes_at_last_look.get((database.name, name))
        }
    for name in names:
        database[name].delete_many({})
    LOG.written.clear()
    LOG.put_back = None
    if _has_started_process:
        counted = _count_writes(database)
        _writes_at_last_look.update({(database.name, name): count for name, count in counted.items()})
        # A worker that a module started goes on writing in its later tests.
        _has_started_process = any(_writes_here(pid) for pid in child_pids(os.getpid()))


def _writes_here(pid: int) -> bool:
    """Return whether a process was started with this run's database."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False  # it has ended
    return f"MONGODB_URI={os.environ['MONGODB_URI']}".encode() in variables


def _count_writes(database: Database[dict[str, object]]) -> dict[str, int]:
    """Return how often each collection was locked for writing since the server started, by name."""
    prefix = f"{database.name}."
    return {
        name: figures["writeLock"]["count"]
        for space, figures in database.client.admin.command("top")["totals"].items()
        if space.startswith(prefix)
        and (name := space.removeprefix(prefix)) not in KEPT_COLLECTIONS
        and not name.startswith("system.")
    }


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start MongoDB before pytest-django reads the settings; parallel workers share the first process's."""
    global _mongo
    monitoring.register(LOG)  # clients made from here on report to it
    if READY in os.environ:
        # A parallel worker: the first process's MongoDB, files of its own.
        own = Path(os.environ[READY]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
        os.environ["STREAMSITE_DATA_DIR"] = str(own)
        if BROKER in os.environ:
            number = 1 + int(own.name.removeprefix("gw"))
            os.environ["CELERY_BROKER_URL"] = f"{os.environ[BROKER]}/{number}"
        return
    folder = Path(tempfile.mkdtemp(prefix="streamsite-test-"))
    _mongo = EmbeddedMongo(folder)
    _mongo.start()
    uri = root_uri(folder)
    acknowledge_before_journal(uri)
    os.environ |= {
        READY: str(folder),
        "STREAMSITE_DATA_DIR": str(folder),
        "MONGODB_URI": uri,  # every process makes a database of its own,
        "MONGODB_NAME": "streamsite",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "PYTHONUNBUFFERED": "1",
        "TRANSCODE_PRESET": "ultrafast",  # tests of encoding name their profile
        "TASK_BACKEND": "celery" if BROKER in os.environ else "mongodb",
        "CELERY_BROKER_URL": os.environ.get(BROKER, ""),
    }
    for name in ("DEBUG", "MEDIA_ACCEL_PREFIX", "EMAIL_HOST", "REQUIRE_VERIFIED_EMAIL", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)


def pytest_configure(config: pytest.Config) -> None:
    """Choose what runs; the first process of a parallel run keeps what all report."""
    selection = Selection()
    config.pluginmanager.register(selection)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record(selection))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started and remove its folder."""
    global _mongo
    if _mongo is not None:
        _mongo.stop()
        shutil.rmtree(_mongo.data_dir, ignore_errors=True)
        _mongo = None
