"""Space that jobs reserve on the disk: by one of several at once, while they run, and no longer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connections

from streamsite.errors import DiskFull
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.space import reservations, store
from streamsite.space.reservations import NoSpace, hold_space, reserved_bytes
from tests.tasks.conftest import wait_until

pytestmark = pytest.mark.usefixtures("database")
ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
import django
django.setup()
from streamsite.space.reservations import hold_space
with hold_space(int(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def room(settings):
    """Set the watermark so that about half of the free space may be used; return that half in bytes."""
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    settings.DISK_WATERMARK_BYTES = free // 2
    return free - settings.DISK_WATERMARK_BYTES


@pytest.fixture
def short_lease(monkeypatch):
    """Reservations end after a second, unless they are renewed."""
    monkeypatch.setattr(reservations, "_lease_seconds", lambda: 1.0)


def test_space_is_held_within_the_block_and_no_longer(room):
    assert reserved_bytes() == 0
    with hold_space(1_000):
        assert reserved_bytes() == 1_000
        with hold_space(500):
            assert reserved_bytes() == 1_500
        assert reserved_bytes() == 1_000
    assert reserved_bytes() == 0
    with pytest.raises(LookupError), hold_space(1_000):
        raise LookupError
    assert reserved_bytes() == 0


def test_more_than_is_free_above_the_watermark_is_refused(room):
    with pytest.raises(NoSpace) as refused, hold_space(room * 3 // 2):
        pytest.fail("it was held")
    assert refused.value.amount == room * 3 // 2
    assert isinstance(refused.value, DiskFull)
    assert reserved_bytes() == 0
    with hold_space(room // 2):
        pass


def test_the_watermark_is_kept_with_nothing_reserved(settings):
    settings.DISK_WATERMARK_BYTES = 10**18
    with pytest.raises(NoSpace), hold_space(0):
        pytest.fail("it was held")


def test_of_two_that_fit_alone_one_is_held(room):
    size = room * 2 // 3
    with hold_space(size), pytest.raises(NoSpace), hold_space(size):
        pytest.fail("both were held")
    with hold_space(size):
        pass


@pytest.mark.parametrize("count", [2, 8])
def test_of_several_at_the_same_moment_one_is_held(room, count):
    size, gate, held, refused = room * 2 // 3, threading.Barrier(count), [], []
    all_tried, lock = threading.Barrier(count), threading.Lock()

    def reserve(number):
        try:
            gate.wait(60)
            with hold_space(size):
                with lock:
                    held.append(number)
                all_tried.wait(60)
        except NoSpace:
            with lock:
                refused.append(number)
            all_tried.wait(60)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=reserve, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(held), len(refused)) == (1, count - 1)
    assert reserved_bytes() == 0


def test_what_is_written_is_reserved_no_more(room, short_lease):
    written = 0
    with hold_space(1_000, written=lambda: written):
        written = 400
        wait_until(lambda: reserved_bytes() == 600)
        written = 5_000
        wait_until(lambda: reserved_bytes() == 0)


def test_a_reservation_is_renewed_while_its_job_runs(room, short_lease):
    def until():
        document = collection(store.RESERVED).find_one({"_id": store.MEDIA})
        return document["items"][0]["until"]

    with hold_space(1_000):
        first = until()
        wait_until(lambda: until() > first)
        assert reserved_bytes() == 1_000


def test_a_reservation_that_an_outage_ended_is_back(room, short_lease):
    with hold_space(1_000):
        collection(store.RESERVED).delete_many({})
        assert reserved_bytes() == 0
        wait_until(lambda: reserved_bytes() == 1_000)


def test_a_file_that_vanishes_while_it_is_measured_ends_nothing(room, short_lease):
    looks = 0

    def written():
        nonlocal looks
        looks += 1
        if looks < 3:
            raise FileNotFoundError
        return 1

    with hold_space(1_000, written=written):
        wait_until(lambda: reserved_bytes() == 999)


def test_that_of_a_killed_process_ends_by_itself(room):
    size = room * 2 // 3
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "MONGODB_NAME": get_database("default").name,
        "DISK_WATERMARK_BYTES": "0",
        "TASK_LEASE_SECONDS": "2",
    }
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(size)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        assert reserved_bytes() == size
        with pytest.raises(NoSpace), hold_space(size):
            pytest.fail("both were held")
        holder.send_signal(signal.SIGKILL)
    wait_until(lambda: reserved_bytes() == 0)
    with hold_space(size):
        assert reserved_bytes() == size
