"""``atomic()`` on MongoDB: all or nothing, savepoints, conflicts, hooks; a clear error without a replica set."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from pymongo import MongoClient

from streamsite.mongo.engine.client import get_database, session_for
from streamsite.mongo.engine.tests.models import Follow, Tag
from streamsite.mongo.engine.tests.replica_set import ReplicaSet, start_server

pytestmark = pytest.mark.usefixtures("database")
ROOT = Path(__file__).resolve().parents[4]

Result = TypeVar("Result")


def _names() -> list[str]:
    return list(Tag.objects.order_by("name").values_list("name", flat=True))


def _elsewhere(work: Callable[[], Result]) -> Result:
    """Run something in another thread, on another connection; what it returned."""
    found: list[Result] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_all_of_it_is_visible_at_once() -> None:
    """Others see nothing before the outermost block ends, and everything after it."""
    with transaction.atomic():
        Tag.objects.create(name="a")
        with transaction.atomic():
            Tag.objects.create(name="b")
        assert _names() == ["a", "b"]
        assert _elsewhere(_names) == []
    assert _elsewhere(_names) == ["a", "b"]


def test_an_error_leaves_nothing() -> None:
    """The block's writes are gone, also those by pymongo that joined it, and so are its hooks."""
    called: list[str] = []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Tag.objects.create(name="a")
        get_database()["engine_tests_tag"].insert_one({"id": 77, "name": "x"}, session=session_for())
        transaction.on_commit(lambda: called.append("no"))
        _ = 1 / 0
    assert (_names(), called) == ([], [])


def test_hooks_run_after_the_commit() -> None:
    """Each once, in order, and only when others can see the rows."""
    seen: list[object] = []
    with transaction.atomic():
        Tag.objects.create(name="a")
        transaction.on_commit(lambda: seen.append(_elsewhere(_names)))
        with transaction.atomic():
            transaction.on_commit(lambda: seen.append("inner"))
        assert seen == []
    assert seen == [["a"], "inner"]


def test_an_inner_error_leaves_the_outer_usable() -> None:
    """A duplicate key ends the inner block only, however deep."""
    Tag.objects.create(name="taken")
    with transaction.atomic():
        Tag.objects.create(name="before")
        with pytest.raises(IntegrityError), transaction.atomic():
            Tag.objects.create(name="lost")
            with transaction.atomic():
                Tag.objects.create(name="lost too")
                Tag.objects.create(name="taken")
        Tag.objects.create(name="after")
        assert _names() == ["after", "before", "taken"]
    assert _names() == ["after", "before", "taken"]


def test_an_error_that_is_caught_inside_breaks_the_block() -> None:
    """As with any database: the block must end, with nothing of it kept."""
    Tag.objects.create(name="taken")
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        Tag.objects.create(name="lost")
        try:
            Tag.objects.create(name="taken")
        except IntegrityError:
            Tag.objects.count()
    assert _names() == ["taken"]


def test_savepoints_by_hand() -> None:
    """Going back keeps what was before; releasing keeps all."""
    with transaction.atomic():
        Tag.objects.create(name="a")
        first = transaction.savepoint()
        Tag.objects.create(name="b")
        second = transaction.savepoint()
        Tag.objects.filter(name="a").update(name="c")
        transaction.savepoint_rollback(second)
        assert _names() == ["a", "b"]
        transaction.savepoint_rollback(first)
        assert _names() == ["a"]
    assert _names() == ["a"]


def test_a_conflict_without_a_read_is_repeated() -> None:
    """Two blocks of blind writes to one row: the later one is tried again, both count."""
    key = _counter()
    with transaction.atomic():
        _add(key)
        other = threading.Thread(target=_in_block, args=(key,))
        other.start()
        other.join(timeout=0.3)
        assert other.is_alive()  # it waits for this block, by trying again
    other.join(timeout=20)
    assert not other.is_alive()
    assert Follow.objects.get(pk=key).level == 2


def _counter() -> int:
    from streamsite.mongo.engine.tests.models import Channel

    return int(Follow.objects.create(user=1, channel=Channel.objects.create(name="c")).pk)


def _add(key: int) -> None:
    Follow.objects.filter(pk=key).update(level=F("level") + 1)


def _in_block(key: int) -> None:
    try:
        with transaction.atomic():
            _add(key)
    finally:
        connection.close()


def test_a_conflict_after_a_read_is_an_error() -> None:
    """A decision on a value that is no longer true is not written."""
    key = _counter()

    def overtake() -> None:
        Follow.objects.filter(pk=key).update(level=100)

    with pytest.raises(OperationalError), transaction.atomic():
        seen = Follow.objects.get(pk=key)
        _elsewhere(overtake)
        seen.level += 1
        seen.save()
    assert Follow.objects.get(pk=key).level == 100


def test_repeated_reads_agree() -> None:
    """A block reads one snapshot."""
    Tag.objects.create(name="a")
    with transaction.atomic():
        assert Tag.objects.count() == 1
        _elsewhere(lambda: Tag.objects.create(name="b"))
        assert Tag.objects.count() == 1
    assert Tag.objects.count() == 2


def test_autocommit_by_hand() -> None:
    """Without autocommit a transaction runs until it is committed or rolled back."""
    transaction.set_autocommit(False)
    try:
        Tag.objects.create(name="a")
        transaction.rollback()
        Tag.objects.create(name="b")
        transaction.commit()
        assert _elsewhere(_names) == ["b"]
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


def test_durable_blocks_do_not_nest() -> None:
    """Django's own rule holds."""
    with pytest.raises(RuntimeError), transaction.atomic(), transaction.atomic(durable=True):
        pass


def test_a_closed_connection_leaves_no_transaction() -> None:
    """A thread that ends in the middle of a block does not hold its locks."""

    def abandon() -> None:
        transaction.set_autocommit(False)
        Tag.objects.create(name="a")

    _elsewhere(lambda: abandon() or True)
    Tag.objects.create(name="a")
    assert _names() == ["a"]


PROBE = """
import sys
from streamsite.mongo.engine.tests.failover_writer import configure
configure(sys.argv[1])
from django.core.management import call_command
from django.contrib.auth.models import Group
from django.db import connection, transaction
if sys.argv[2] == "migrate":
    call_command("migrate", verbosity=0)
try:
    with transaction.atomic():
        Group.objects.create(name="once")
    print("done", Group.objects.filter(name="once").count())
except Exception as error:
    print(type(error).__module__, type(error).__name__, error)
"""


def _probe(uri: str, mode: str) -> str:
    command = [sys.executable, "-c", PROBE, uri, mode]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_server_without_a_replica_set_is_told_clearly(tmp_path: Path) -> None:
    """Transactions need one, and the error says so."""
    with _standalone(tmp_path) as uri:
        said = _probe(uri, "no")
    assert "OperationalError" in said or "NotSupportedError" in said
    assert "replica set" in said.lower()


@contextmanager
def _standalone(folder: Path) -> Iterator[str]:
    host, server = start_server(folder / "alone", replica_set=None)
    try:
        with MongoClient[dict[str, object]](f"mongodb://{host}/", serverSelectionTimeoutMS=20_000) as client:
            client.admin.command("ping")
        yield f"mongodb://{host}/"
    finally:
        server.kill()
        server.wait(timeout=20)


@pytest.mark.slow
def test_an_unknown_outcome_of_a_commit_is_asked_again(tmp_path: Path) -> None:
    """The server's answer to a commit is lost twice; the block counts once."""
    with ReplicaSet(tmp_path, members=1, test_commands=True) as replica_set:
        assert "done 1" in _probe(replica_set.uri, "migrate")
        with MongoClient[dict[str, object]](replica_set.uri) as client:
            client["failover"]["auth_group"].delete_many({})
            client.admin.command(
                {
                    "configureFailPoint": "failCommand",
                    "mode": {"times": 2},
                    "data": {"failCommands": ["commitTransaction"], "closeConnection": True},
                }
            )
        assert "done 1" in _probe(replica_set.uri, "no")
