"""Threads and forked processes: no update is lost, no key is there twice, no connection stays behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from accounts.models import User
from streamsite.mongo.engine import client as clients
from streamsite.mongo.engine.client import get_client
from tests.support.users import Cast

THREADS = 16
ROUNDS = 200
PROCESSES = 4

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


def _in_threads(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run ``work(number)`` in threads at once; what they raised."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # reported by the caller
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _count(number: int) -> None:
    for _ in range(5):
        User.objects.count()


def _connections() -> int:
    return int(get_client().admin.command("serverStatus")["connections"]["current"])


def test_threads_lose_no_update_and_no_key(cast: Cast) -> None:
    """16 threads, 200 rounds: each adds one to a counter and tries to be the first to take a name."""
    user = cast.owner
    made: list[str] = []

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            User.objects.filter(pk=user.pk).update(view_count=F("view_count") + 1)
            try:
                Group.objects.create(name=f"group {turn}")
            except IntegrityError:
                continue
            made.append(f"group {turn}")

    assert _in_threads(THREADS, work) == []
    user.refresh_from_db()
    assert user.view_count == THREADS * ROUNDS
    assert sorted(made) == sorted({f"group {turn}" for turn in range(ROUNDS)})
    keys = list(Group.objects.values_list("pk", flat=True))
    assert len(keys) == len(set(keys)) == ROUNDS


def test_transactions_lose_no_update(cast: Cast) -> None:
    """Blocks that read a counter and write it back conflict instead of overwriting each other."""
    user = cast.owner
    done: list[int] = []

    def work(number: int) -> None:
        for _ in range(10):
            while True:
                try:
                    with transaction.atomic():
                        seen = User.objects.get(pk=user.pk)
                        seen.view_count += 1
                        seen.save(update_fields=["view_count"])
                except Exception as error:
                    if type(error).__name__ != "OperationalError":
                        raise
                else:
                    done.append(number)
                    break

    assert _in_threads(4, work) == []
    user.refresh_from_db()
    assert user.view_count == len(done) == 40


def test_threads_leave_no_connection(cast: Cast) -> None:
    """All threads share the process's client, whose pool is as large afterwards as it ever is."""
    list(User.objects.all())
    _in_threads(THREADS, _count)
    settled = _connections()
    before = dict(clients._clients)
    for _ in range(3):
        _in_threads(THREADS, _count)
    assert dict(clients._clients) == before
    assert _connections() <= settled + 2  # the driver's own monitoring may come and go
    assert get_client().options.pool_options.max_pool_size is not None


def test_forked_processes_open_their_own_client(cast: Cast) -> None:
    """Four children of a process with an open client: their updates all count, their connections end with them."""
    user = cast.owner
    list(User.objects.all())
    parents = set(map(id, clients._clients.values()))
    before = _connections()
    children = []
    for number in range(PROCESSES):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for turn in range(ROUNDS):
                    User.objects.filter(pk=user.pk).update(view_count=F("view_count") + 1)
                    if turn % 20 == 0:
                        Group.objects.create(name=f"{number}-{turn}")
                status = 0 if not parents & set(map(id, clients._clients.values())) else 2
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * PROCESSES
    user.refresh_from_db()
    assert user.view_count == PROCESSES * ROUNDS
    assert Group.objects.count() == PROCESSES * 10
    deadline = time.monotonic() + 20
    while _connections() > before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _connections() <= before
