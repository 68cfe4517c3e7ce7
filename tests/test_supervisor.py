"""The supervisor starts processes again when they end, and gives up with the reason."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streamsite.supervisor.processes import MAX_QUICK_DEATHS
from tests.support.processes import process_tree
from tests.support.stack import Stack
from tests.test_processes import left_of

ROOT = Path(__file__).resolve().parent.parent
# A real supervisor without a site: it watches one process, which ends as soon as it has started.
WATCH = """
import os, sys
from streamsite.supervisor.command_line import parse
from streamsite.supervisor.processes import SupervisedProcess
from streamsite.supervisor.site import Supervisor

supervisor = Supervisor(parse(["--data", sys.argv[1]]))
supervisor._serve_site = supervisor._watch
supervisor.children = [
    SupervisedProcess("lasting", ["sleep", "600"]),
    SupervisedProcess("worker", ["sh", "-c", sys.argv[2]]),
]
sys.exit(supervisor.run())
"""


def watch(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WATCH, str(folder / "data"), script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_process_that_ends_at_once_again_and_again_is_given_up_with_its_reason(tmp_path):
    ended = watch(tmp_path, "echo starting; echo no such queue >&2; exit 3")
    assert ended.returncode == 1
    assert ended.stdout.count("restarting in") == MAX_QUICK_DEATHS - 1
    assert ended.stderr == (
        "script/server: giving up: worker exited 5 times in a row within 10 s of starting, "
        "most recently with exit code 3: no such queue\n"
    )
    assert "lasting" not in ended.stdout  # it ended when it was told to


def test_the_reason_of_a_process_that_says_nothing_is_its_exit_code(tmp_path):
    ended = watch(tmp_path, "kill -9 $$")
    assert ended.returncode == 1
    assert "most recently with exit code -9 and no output\n" in ended.stderr


def test_a_process_that_recovers_is_kept(tmp_path):
    """It ends well at its fourth start, and after that runs until the supervisor is told to stop."""
    starts = tmp_path / "starts"
    # The supervisor is the parent of the shell.
    script = f"echo >> {starts}; test $(wc -l < {starts}) -lt 4 && exit 1; kill -TERM $PPID; exec sleep 600"
    ended = watch(tmp_path, script)
    assert ended.returncode == 0, ended.stderr
    assert len(starts.read_text()) == 4
    assert ended.stdout.count("restarting in") == 3


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_site_whose_worker_cannot_start_ends_with_the_reason_and_nothing_is_left(tmp_path):
    site = Stack(tmp_path)
    site.start()
    assert site.process is not None
    everything = process_tree(site.process.pid)
    (site.data_dir / "media" / "site-id").write_text("0" * 32)
    (worker,) = site.children("run_worker")
    os.kill(worker, signal.SIGKILL)
    assert site.process.wait(timeout=150) == 1
    last = [line for line in site.output().splitlines() if line.startswith("script/server: ")][-1]
    assert "giving up: worker exited 5 times in a row" in last
    assert "most recently with exit code 1: " in last
    assert "belong to different sites" in last
    assert left_of(everything, seconds=15) == set()
