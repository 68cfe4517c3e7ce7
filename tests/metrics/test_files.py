"""Numbers of processes in files: none is lost by a kill, none is stale after one, and a full disk ends nobody."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from streamsite.metrics import process_files
from streamsite.metrics.value_files import ValueFile

ROOT = Path(__file__).resolve().parents[2]
# A process that does what its standard input says, line by line.
CHILD = """
    import sys
    from django.conf import settings
    settings.configure(METRICS_DIR=sys.argv[1])
    from streamsite.metrics import process_files
    from streamsite.metrics.instruments import MEDIA_READERS, REQUEST_SECONDS, REQUESTS
    print(process_files.join("web"), flush=True)
    for line in sys.stdin:
        exec(line)
        print("done", flush=True)
"""


class Child:
    """A process that has joined the web processes of this host."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(CHILD), str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.joined = self._read() == "True"

    def do(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self._read() == "done"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def _read(self) -> str:
        return self.process.stdout.readline().strip()


@pytest.fixture
def folder(tmp_path, settings):
    settings.METRICS_DIR = tmp_path / "metrics"
    return settings.METRICS_DIR


@pytest.fixture
def begin(folder):
    children = []

    def start() -> Child:
        children.append(Child(folder))
        assert children[-1].joined
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.process.stdin.close()
        child.process.stdout.close()


def numbers():
    """Every sample of the host's processes, by name and first label."""
    metrics = MultiProcessCollector.merge(process_files.list_files())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for metric in metrics
        for sample in metric.samples
    }


COUNT = 'REQUESTS.labels("home", "GET", "2xx").inc()'
COUNTED = ("streamsite_http_requests_total", "GET", "home", "2xx")
READ = 'MEDIA_READERS.labels("site").inc()'
READERS = ("streamsite_media_readers", "site")


def test_processes_are_added_up(begin):
    for _ in range(2):
        child = begin()
        child.do(COUNT)
        child.do(READ)
        child.do('REQUEST_SECONDS.labels("home", "2xx").observe(0.02)')
    found = numbers()
    assert found[COUNTED] == 2
    assert found[READERS] == 2
    assert found["streamsite_http_request_duration_seconds_count", "home", "2xx"] == 2
    assert found["streamsite_http_request_duration_seconds_sum", "home", "2xx"] == pytest.approx(0.04)


def test_a_kill_loses_no_count_and_leaves_no_reader(begin, folder):
    one, other = begin(), begin()
    for child in (one, other, one):
        child.do(COUNT)
        child.do(READ)
    one.kill()
    found = numbers()
    assert found[COUNTED] == 3
    assert found[READERS] == 1
    other.kill()
    assert READERS not in numbers()
    assert not list(folder.rglob("gauge*.db"))


def test_one_that_takes_the_place_of_a_dead_one_counts_on(begin):
    begin().do(COUNT)
    dead = begin()
    dead.do(COUNT)
    dead.kill()
    begin().do(COUNT)
    assert numbers()[COUNTED] == 3


def test_the_first_process_begins_anew(begin, folder):
    """A restart of all: what the dead counted is gone for all at once, which Prometheus takes for a restart."""
    for child in [begin(), begin()]:
        child.do(COUNT)
        child.do(READ)
        child.kill()
    begin().do(COUNT)
    assert numbers() == {COUNTED: 1}
    assert len(list(folder.rglob("*.alive"))) == 1


def test_files_are_for_the_sites_user_alone(begin, folder):
    begin().do(COUNT)
    for path in [folder, *folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_nothing_that_cannot_be_written_ends_a_process(begin, folder):
    """As on a full disk: files cannot grow. Numbers go on in memory, and in the file as soon as there is room."""
    child = begin()
    child.do(COUNT)
    child.do(
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))"
    )
    for _ in range(3):
        child.do(COUNT)
        child.do('REQUESTS.labels("watch", "GET", "2xx").inc()')
    assert numbers()[COUNTED] == 1
    child.do("resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))")
    child.do(COUNT)
    child.do('REQUESTS.labels("watch", "GET", "2xx").inc()')
    found = numbers()
    assert found[COUNTED] == 5
    assert found["streamsite_http_requests_total", "GET", "watch", "2xx"] == 4
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_folder_that_cannot_be_made_stops_nobody(folder):
    folder.write_text("")
    child = Child(folder)
    assert not child.joined
    child.do(COUNT)
    child.kill()
    child.process.stdin.close()
    child.process.stdout.close()


def test_a_fork_does_not_write_to_its_parents_files(begin):
    child = begin()
    child.do(COUNT)
    child.do(
        f"import os; pid = os.fork() or ({COUNT.replace('.inc()', '.inc(50)')}, os._exit(0)); os.waitpid(pid, 0)"
    )
    child.do(COUNT)
    assert numbers()[COUNTED] == 2


def test_a_file_of_the_same_id_goes_on(tmp_path):
    key = json.dumps(["a", "a_total", {}, "Help"])
    first = ValueFile(tmp_path / "counter_1.db")
    place, _ = first.add(key)
    first.write(place, 7.0)
    first.close()
    second = ValueFile(tmp_path / "counter_1.db")
    assert second.add(key) == (place, 7.0)
    assert second.add(key.replace("a_total", "b_total"))[1] == 0.0
    second.close()


def test_folders_of_hosts_that_are_gone_are_removed(begin, folder):
    begin()
    old, new = folder / "pod-1" / "web", folder / "pod-2" / "web"
    for place in (old, new):
        place.mkdir(parents=True)
        (place / "counter_1.db").write_bytes(b"\0" * 8)
    for path in (old / "counter_1.db", old, old.parent):
        os.utime(path, (1, 1))
    begin()
    assert {path.name for path in folder.iterdir()} == {"pod-2", socket.gethostname()}
