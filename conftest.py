"""The fixtures of every test: an empty database, the cast, a running site, and a browser."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import database_template
from tests.support.plugin import empty_collections

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright
    from pytest_django import DjangoDbBlocker, Settings

    from tests.support.browser import IsolatedBrowser
    from tests.support.other_origin import OtherOrigin
    from tests.support.site_settings import Editor
    from tests.support.stack import Stack
    from tests.support.users import Cast


@pytest.fixture(scope="session")
def prepared_database(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """A test database of this process with all migrations, indexes, folders and a signing key.

    The time of the first test that wants it is not limited: where no template exists yet, a busy machine takes minutes
    for the migrations, and without a database all tests would fail.

    Not pytest-django's ``django_db_setup``: that makes databases only for tests that carry its own mark, whose
    transaction around each test is what this suite does without.
    """
    from django.conf import settings
    from django.db import connection

    from accounts.signing_keys import create_key
    from streamsite import site_id
    from streamsite.mongo.engine import client

    first = request._pyfuncitem
    first.config.hook.pytest_timeout_cancel_timer(item=first)
    # A majority acknowledges every write, but nobody waits for the journal.
    client.DURABILITY = client.DURABILITY | {"journal": False}
    options = settings.DATABASES["default"]["CLIENT"]
    if isinstance(options, dict):
        options["journal"] = False
    folders = (
        *(settings.MEDIA_ROOT, settings.WORK_DIR, settings.FILE_UPLOAD_TEMP_DIR),
        *(settings.STATIC_ROOT, settings.ASSETS_DIR),
    )
    for folder in folders:
        Path(folder).mkdir(parents=True, exist_ok=True)
    if not any(Path(settings.TOKEN_KEYS_DIR).glob("*.pem")):
        create_key(Path(settings.TOKEN_KEYS_DIR))
    former_name = str(settings.DATABASES["default"]["NAME"])
    with django_db_blocker.unblock():
        _make_test_database()
        site_id.adopt()
    yield
    _show_loop(None)
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(former_name, verbosity=0)


def _make_test_database() -> None:
    """Point the connection at the test database, filled from the template or else migrated and kept as one."""
    from django.conf import settings
    from django.db import connection

    from streamsite.mongo import indexes
    from streamsite.mongo.engine.client import get_client, get_database

    key = database_template.fingerprint()
    name = connection.settings_dict["TEST"].get("NAME") or f"test_{connection.settings_dict['NAME']}"
    connection.close()
    client = get_client()
    client.drop_database(name)
    if database_template.restore(client[name], key):
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        connection.close()
        indexes.ensure_indexes()
        return
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    indexes.ensure_indexes()
    database_template.keep(get_database("default"), key)


@pytest.fixture
def database(prepared_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Database access with real commits; empty again afterwards."""
    from django.conf import settings

    with django_db_blocker.unblock():
        _clear_caches()
        yield
        empty_collections()
        # What one test had swept counts against the next one's sweeps.
        shutil.rmtree(Path(settings.DATA_DIR) / "trash", ignore_errors=True)


def _clear_caches() -> None:
    from accounts import kept_callers, sessions
    from streamsite import health, kept_answers
    from streamsite.api import shared_bodies
    from streamsite.api.throttling import GroupThrottle
    from streamsite.mongo.engine import kept_documents
    from streamsite.site_settings import live as site_settings
    from videos import categories, hidden
    from videos.search import phrase_pairs, vocabulary_store
    from videos.templatetags import cards
    from videos.views import media

    categories.used_categories.clear()
    hidden.clear_cache()
    vocabulary_store.clear_language_cache()
    phrase_pairs.are_indexed.clear()
    sessions.clear_cache()
    kept_callers.forget_all()
    kept_answers.forget_all()
    kept_documents.forget_all()
    shared_bodies.forget_all()
    media.forget_all()
    cards.forget_all()
    health.clear_check_results()
    site_settings.install({})
    GroupThrottle.reset_counts()


@pytest.fixture
def uncached_rows(settings: Settings) -> None:
    """Let each request read all of its rows, for tests of what a request costs by itself."""
    settings.KEPT_ROW_SECONDS = 0.0


@pytest.fixture
def cast(database: None) -> Cast:
    """The fixed cast: owner, member, stranger, staff, and nobody signed in."""
    from tests.support.users import Cast

    return Cast()


@pytest.fixture
def editor(cast: Cast) -> Editor:
    """A page of staff who may change the site's settings and nothing else."""
    from tests.support.site_settings import Editor

    return Editor(cast.user("editor", is_staff=True))


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of 320x180 picture and tone, made once."""
    from tests.support.clips import make_clip

    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    make_clip(path, seconds=3, size=(320, 180), fps=24)
    return path


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of 640 by 360, whose processing takes long enough to be watched and interrupted."""
    from tests.support.clips import make_clip

    return make_clip(tmp_path_factory.mktemp("clips") / "long.mp4", seconds=20, size=(640, 360), fps=25)


@pytest.fixture(scope="session")
def other_origin() -> Iterator[OtherOrigin]:
    """A static server on another origin, whose pages may call the API of ``site``."""
    from tests.support.other_origin import OtherOrigin

    server = OtherOrigin()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, other_origin: OtherOrigin) -> Iterator[Stack]:
    """A whole running site on a free port with a data folder of its own: web, worker and MongoDB."""
    from tests.support.stack import Stack

    stack = Stack(tmp_path_factory.mktemp("site"), web_processes=2, CORS_ALLOWED_ORIGINS=other_origin.url)
    stack.start()
    try:
        yield stack
    finally:
        stack.kill()


def pytest_collection_finish() -> None:
    """Spare the garbage collector all that was imported: it lives as long as the process."""
    gc.collect()
    gc.freeze()


# --- a browser ---

_playwright_loop: asyncio.AbstractEventLoop | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Show tests without a browser no event loop: with Playwright's one running, Django refuses its database."""
    _show_loop(_playwright_loop if "playwright" in getattr(item, "fixturenames", ()) else None)


def _show_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Make a loop this thread's running one; Playwright's is only suspended between two of its calls."""
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, one for the session."""
    global _playwright_loop
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    with sync_playwright() as started:
        _playwright_loop = asyncio.get_running_loop()
        yield started
        _show_loop(_playwright_loop)
    _playwright_loop = None
    _show_loop(None)


@pytest.fixture(scope="session")
def shared_chromium(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium that all files use; each through a ``chromium`` of its own."""
    from tests.support import browser

    started = browser.start(playwright)
    yield started
    _show_loop(_playwright_loop)
    started.close()


@pytest.fixture(scope="module")
def chromium(shared_chromium: Browser) -> Iterator[IsolatedBrowser]:
    """A browser whose contexts end with the file, and whose watch pages stay when a video ends."""
    from tests.support.browser import IsolatedBrowser

    isolated = IsolatedBrowser(shared_chromium)
    yield isolated
    _show_loop(_playwright_loop)
    isolated.close()


@pytest.fixture(scope="module")
def autoplaying_chromium(shared_chromium: Browser) -> Iterator[IsolatedBrowser]:
    """A browser whose contexts end with the file, and whose watch pages go on to the next video."""
    from tests.support.browser import IsolatedBrowser

    isolated = IsolatedBrowser(shared_chromium, autoplay=True)
    yield isolated
    _show_loop(_playwright_loop)
    isolated.close()
