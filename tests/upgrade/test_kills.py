"""An update that is killed after any of its writes to MongoDB ends well at the next start."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from pymongo.database import Database
from pytest_django import DjangoDbBlocker

from streamsite.mongo.engine.client import get_database
from tests.support import snapshots
from tests.support.commands import LOG
from tests.support.kills import collect_writes, kill_after
from tests.support.profile import walk
from tests.upgrade import contents, killed_prepare, people, release

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_000)]

Document = dict[str, object]


@contextmanager
def other_database(name: str) -> Iterator[Database[Document]]:
    """Lead the site's code of this process to an empty database of another name."""
    wrapper = connections["default"]
    former = wrapper.settings_dict["NAME"]
    wrapper.close()
    wrapper.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
    database = get_database()
    try:
        yield database
    finally:
        database.client.drop_database(name)
        wrapper.close()
        wrapper.settings_dict["NAME"] = former
        ContentType.objects.clear_cache()


@pytest.fixture
def empty(prepared_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Database[Document]]:
    """A database without anything."""
    with django_db_blocker.unblock(), other_database(f"update_{os.getpid()}") as database:
        yield database


@pytest.fixture
def recorded(empty: Database[Document]) -> Database[Document]:
    """The data of the last release."""
    release.load_database(empty)
    return empty


def _kills(done: list[str], usual: int) -> list[int]:
    """Return after which writes to kill, from 1: all of them, or a few that follow what is hardest to undo."""
    every = range(1, len(done) + 1)
    if walk(0, deep=1):
        return list(every)
    dropping = [number for number in every if done[number - 1].startswith(("drop", "rename"))]
    chosen = dropping or list(every)
    return chosen[:: -(-len(chosen) // usual)] if usual else []


def test_each_migration_can_be_killed_after_each_write(recorded: Database[Document]) -> None:
    """Killed, and run again, it leaves the same documents and indexes as if it had run at once.

    What the next migration finds is the same, so this holds for the update as a whole.
    """
    executor = MigrationExecutor(connection)
    state, kills = executor._create_project_state(with_applied_migrations=True), 0
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        start, before = snapshots.take_snapshot(recorded), state.clone()
        with collect_writes(LOG.writes) as done:
            state = executor.apply_migration(state, migration)
        expected = contents.comparable_contents(recorded)
        drops = any(name.startswith("drop") for name in done)
        for last in _kills(done, int(drops)):
            snapshots.restore_snapshot(recorded, start)
            with kill_after(LOG.writes, last):
                executor.apply_migration(before.clone(), migration)
            if (migration.app_label, migration.name) not in executor.recorder.applied_migrations():
                executor.apply_migration(before.clone(), migration)
            lost = contents.find_differences(expected, contents.comparable_contents(recorded))
            assert not lost, (f"{migration}, killed after {done[:last]}", lost)
            kills += 1
    assert kills >= 5
    sys.stderr.write(f"{kills} kills of migrations\n")


# test_release.py kills two of these every time.
@pytest.mark.skipif(not walk(0, deep=1), reason="takes minutes")
@pytest.mark.parametrize("origin", ["release", "nothing"])
def test_prepare_can_be_killed_after_each_write(empty: Database[Document], origin: str) -> None:
    """Migrations, permissions, indexes, jobs: of an update, and of a first start."""
    if origin == "release":
        release.load_database(empty)
        call_command("migrate", verbosity=0, interactive=False)  # migrations are walked above
    start = snapshots.take_snapshot(empty)
    with collect_writes(LOG.writes) as done:
        call_command("prepare", demo=False)
    expected = contents.comparable_contents(empty)
    # Some 600 writes of a first start, each repeated whole, would take an hour.
    chosen = _kills(done, 1) if origin == "release" else range(1, len(done) + 1, 20)
    for last in chosen:
        snapshots.restore_snapshot(empty, start)
        ContentType.objects.clear_cache()
        with kill_after(LOG.writes, last):
            call_command("prepare", demo=False)
        ContentType.objects.clear_cache()
        call_command("prepare", demo=False)
        lost = contents.find_differences(expected, contents.comparable_contents(empty))
        assert not lost, (f"killed after {last} writes, the last one {done[last - 1]}", lost)
    sys.stderr.write(f"{origin}: {len(chosen)} kills of prepare, which writes {len(done)} times\n")


processes = pytest.mark.skipif(
    not walk(0, deep=1), reason="a process for every write; test_release.py kills two of them every time"
)


@processes
@pytest.mark.parametrize("origin", ["release", "nothing"])
def test_a_process_can_be_killed_after_each_write(
    empty: Database[Document], tmp_path: Path, origin: str
) -> None:
    """The same with processes that are really killed: after every fifth write of an update.

    Of a first start after those within transactions. A transaction of a dead process stays open for a minute on a
    MongoDB that lives on.
    """
    environment = os.environ | {
        "STREAMSITE_DATA_DIR": str(tmp_path),
        "MONGODB_NAME": empty.name,
        "SITE_URL": people.SITE_URL,
    }

    def begin() -> None:
        empty.client.drop_database(empty.name)
        if origin == "release":
            release.load_files(tmp_path)
            release.load_database(empty)

    begin()
    whole = killed_prepare.run(environment, 0)
    assert whole.returncode == 0, whole.stderr
    done, expected = whole.stdout.split("\n")[:-1], contents.comparable_contents(empty)
    kills = list(range(1, len(done) + 1, 5))
    if origin == "nothing":
        kills = [
            n for n, write in enumerate(done, 1) if write.startswith(("insert auth_", "insert django_c"))
        ]
    for last in kills:
        begin()
        killed = killed_prepare.run(environment, last)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        again = killed_prepare.run(environment, 0)
        assert again.returncode == 0, (done[last - 1], again.stderr)
        lost = contents.find_differences(expected, contents.comparable_contents(empty))
        assert not lost, (f"killed after {last} writes, the last one {done[last - 1]}", lost)
    sys.stderr.write(f"{origin}: killed after {len(kills)} of {len(done)} writes\n")
