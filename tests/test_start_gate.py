"""``script/server`` starts the web server before the database is ready, and lets it go on afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from streamsite.start_gate import VARIABLE, StartGate
from tests.support.processes import process_tree
from tests.support.stack import Stack, free_port
from tests.test_processes import left_of

ROOT = Path(__file__).resolve().parent.parent
WAIT = "from streamsite import start_gate; start_gate.wait_until_open(); print('open')"

# Its arguments are the command that it runs.
ONLY_NGINX_ON_PATH = """
import os, runpy, sys
sys.path.insert(0, os.getcwd())
from streamsite.front import binary
binary._wheel = lambda: None
sys.argv = sys.argv[3:]
runpy.run_module("streamsite.supervisor", run_name="__main__")
"""


def started(environment, files=()):
    return subprocess.Popen(
        [sys.executable, "-c", WAIT],
        cwd=ROOT,
        env=os.environ | environment,
        pass_fds=files,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_process_goes_on_when_the_gate_opens():
    gate = StartGate()
    process = started(gate.environment, (gate.reading_end,))
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=1)
    gate.open()
    gate.open()
    assert process.communicate(timeout=30)[0] == "open\n"


@pytest.mark.parametrize("told", ["", "987", "none"])
def test_without_a_gate_nothing_is_waited_for(told):
    assert started({VARIABLE: told}).communicate(timeout=30)[0] == "open\n"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_second_start_that_is_interrupted_leaves_nothing_and_a_third_one_answers(tmp_path):
    site = Stack(tmp_path)
    site.start()
    site.stop()
    site.launch()
    assert site.process is not None
    while not site.children("granian"):
        assert site.process.poll() is None
    everything = process_tree(site.process.pid)
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(timeout=60) == 0
    assert left_of(everything, seconds=15) == set()
    site.start()
    (web,) = site.children("granian")
    assert f"{VARIABLE}=".encode() in Path(f"/proc/{web}/environ").read_bytes()
    site.stop()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_second_start_at_another_port_makes_the_folder_of_its_socket():
    """The path is a short one: the sockets of others are elsewhere, in a folder that is there."""
    with tempfile.TemporaryDirectory() as name:
        site = Stack(Path(name))
        site.start()
        site.stop()
        site.port = free_port()
        site.url = f"http://localhost:{site.port}"
        site.start()
        assert (site.data_dir / "run" / "nginx" / str(site.port) / "site.sock").is_socket()
        site.stop()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_web_server_that_was_started_early_and_has_no_nginx_after_all_answers_itself(tmp_path):
    """Its port is nginx's otherwise, and what callers say about themselves is not believed."""
    site = Stack(tmp_path)
    site.start()
    site.stop()
    broken = tmp_path / "nginx"
    broken.write_text(
        '#!/bin/sh\n[ "$1" = -v ] && echo "nginx version: nginx/1.28.0" >&2 && exit 0\nexit 1\n'
    )
    broken.chmod(0o755)
    launcher = tmp_path / "launcher.py"
    launcher.write_text(ONLY_NGINX_ON_PATH)
    site.wrapper = [sys.executable, str(launcher)]
    site.environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    site.start()
    assert "rejects the configuration" in site.output()
    assert len(site.children("granian")) == 1
    assert site.children("nginx") == []
    site.stop()
