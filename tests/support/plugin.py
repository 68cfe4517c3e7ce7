"""The project's pytest plugin: a MongoDB of its own, a data folder of its own, and an empty database per test.

Tests commit for real and clean up by deleting what was written: what a request, a task and a thread see is what
they would see in production, which a transaction around the test would hide.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring

from streamsite.mongo.server import EmbeddedMongo
from tests.support.commands import LOG
from tests.support.mongo import root_uri

READY = "STREAMSITE_TEST_DATA_DIR"
BROKER = "STREAMSITE_TEST_BROKER"  # set by script/test-celery
KEPT = {"django_migrations", "django_content_type", "auth_permission", "__schema__", "streamsite_site"}

_mongo: EmbeddedMongo | None = None
_writes_when_empty: dict[tuple[str, str], int] = {}


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
    os.environ |= {
        READY: str(folder),
        "STREAMSITE_DATA_DIR": str(folder),
        "MONGODB_URI": root_uri(folder),  # every process makes a database of its own,
        "MONGODB_NAME": "streamsite",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "PYTHONUNBUFFERED": "1",
        "TASK_BACKEND": "celery" if BROKER in os.environ else "mongodb",
        "CELERY_BROKER_URL": os.environ.get(BROKER, ""),
    }
    for name in ("DEBUG", "MEDIA_ACCEL_PREFIX", "EMAIL_HOST", "REQUIRE_VERIFIED_EMAIL", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no core is left with a long one alone at the end."""
    slow = {
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")
    }
    items.sort(key=lambda item: item.path not in slow)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started and remove its folder."""
    global _mongo
    if _mongo is not None:
        _mongo.stop()
        shutil.rmtree(_mongo.data_dir, ignore_errors=True)
        _mongo = None


@pytest.fixture(scope="session")
def prepared_database(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """A test database of this process with all migrations, indexes, folders and a signing key.

    Not pytest-django's ``django_db_setup``: that makes databases only for tests that carry its own mark, whose
    transaction around each test is what this suite does without.
    """
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    from accounts.signing_keys import create_key
    from streamsite import site_id
    from streamsite.mongo import indexes

    folders = (
        *(settings.MEDIA_ROOT, settings.WORK_DIR, settings.FILE_UPLOAD_TEMP_DIR),
        *(settings.STATIC_ROOT, settings.ASSETS_DIR),
    )
    for folder in folders:
        Path(folder).mkdir(parents=True, exist_ok=True)
    if not any(Path(settings.TOKEN_KEYS_DIR).glob("*.pem")):
        create_key(Path(settings.TOKEN_KEYS_DIR))
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default": None})
        indexes.ensure_indexes()
        site_id.adopt()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def database(prepared_database: None, django_db_blocker: Any) -> Iterator[None]:
    """Database access with real commits; empty again afterwards."""
    from django.conf import settings

    with django_db_blocker.unblock():
        _forget_caches()
        yield
        empty_collections()
        # What one test had swept counts against the next one's sweeps.
        shutil.rmtree(Path(settings.DATA_DIR) / "trash", ignore_errors=True)


def _forget_caches() -> None:
    from accounts import sessions
    from streamsite import health
    from streamsite.api.throttling import GroupThrottle
    from videos.search import vocabulary
    from videos.views import media

    vocabulary.clear_language_cache()
    sessions.clear_cache()
    media.forget_all()
    health.clear_check_results()
    GroupThrottle.forget_all()


def empty_collections() -> None:
    """Delete what tests wrote; what migrations wrote stays.

    The server knows which collections were written to, by whichever process, since they were emptied last.
    """
    from pymongo.write_concern import WriteConcern

    from streamsite.mongo.engine.client import get_database

    found = get_database("default").with_options(write_concern=WriteConcern(w=1))
    for name, count in _writes(found).items():
        if count != _writes_when_empty.get((found.name, name)):
            found[name].delete_many({})
    _writes_when_empty.update({(found.name, name): count for name, count in _writes(found).items()})


def _writes(database: Any) -> dict[str, int]:
    """Return how often each collection was locked for writing since the server started, by name."""
    prefix = f"{database.name}."
    return {
        name: figures["writeLock"]["count"]
        for space, figures in database.client.admin.command("top")["totals"].items()
        if space.startswith(prefix)
        and (name := space.removeprefix(prefix)) not in KEPT
        and not name.startswith("system.")
    }


@pytest.fixture
def cast(database: None) -> Any:
    """The fixed cast: owner, member, stranger, staff, and nobody signed in."""
    from tests.support.users import Cast

    return Cast()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of 320x180 picture and tone, made once."""
    from tests.support.clips import make_clip

    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    make_clip(path, seconds=3, size=(320, 180), fps=24)
    return path


@pytest.fixture(scope="session")
def other_origin() -> Iterator[Any]:
    """A static server on another origin, whose pages may call the API of ``site``."""
    from tests.support.other_origin import OtherOrigin

    server = OtherOrigin()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, other_origin: Any) -> Iterator[Any]:
    """A whole running site on a free port with a data folder of its own: web, worker and MongoDB."""
    from tests.support.stack import Stack

    stack = Stack(tmp_path_factory.mktemp("site"), CORS_ALLOWED_ORIGINS=other_origin.url)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()
