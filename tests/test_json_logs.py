"""Every line of a site with ``LOG_FORMAT=json`` is one object with the fields of its kind, also in times of trouble."""

from __future__ import annotations

import json
import os
import re
import signal
import time
import urllib.error

import pytest

from tests.support.http_client import Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

COMMON = {"time", "level", "logger", "message", "process"}
OF_REQUEST = {"request_id", "method", "path", "route", "status", "duration_ms"}
OF_JOB = {"job_id", "task", "queue", "result", "tries", "duration_ms"}
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """What a site printed in which people signed up, pages were missing, MongoDB was killed, and a worker died."""
    site = Stack(
        tmp_path_factory.mktemp("json-logs"), LOG_FORMAT="json", LOG_CLIENTS="1", SLOW_COMMAND_MS="1"
    )
    site.start()
    try:
        _live(site)
    finally:
        site.stop()
    return site.output()


def _live(site):
    caller = Caller(site)
    caller.sign_up("logged")
    caller.call("GET", "/no-such-page?q=a-secret-question")
    caller.call("GET", "/api/v1/videos", headers={"Host": "evil.example"})
    (mongod,) = site.children("mongod")
    os.kill(mongod, signal.SIGSTOP)
    _until(lambda: _status(caller) == 503)
    # Each process notices the silence by itself, and this is the worker.
    _until(lambda: "); waiting" in site.output())
    os.kill(mongod, signal.SIGKILL)
    (worker,) = site.children("run_worker")
    os.kill(worker, signal.SIGKILL)
    _until(lambda: _status(caller) == 200)
    Caller(site).sign_up("logged2")
    _until(lambda: site.output().count("mail_user done") >= 2)


def _status(caller):
    try:
        return caller.call("GET", "/api/v1/videos")[0]
    except (OSError, urllib.error.URLError):
        return 0


def _until(condition, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def entries(output):
    return [json.loads(line) for line in output.splitlines()]


def test_every_line_has_the_common_fields(entries):
    assert len(entries) > 30
    for entry in entries:
        assert entry.keys() >= COMMON, entry
        assert TIME.fullmatch(entry["time"]), entry
        assert entry["level"] in LEVELS, entry
        assert isinstance(entry["message"], str)
        assert entry["process"] in {"server", "mongo", "front", "web", "worker", "setup"}


def test_lines_of_requests_have_theirs(entries):
    found = [entry for entry in entries if entry["logger"] == "streamsite.requests"]
    statuses = {entry["status"] for entry in found}
    assert statuses >= {200, 201, 400, 404, 503}
    for entry in found:
        assert entry.keys() >= OF_REQUEST | {"client", "user_id"}, entry
        assert isinstance(entry["duration_ms"], float)
        assert entry["client"] == "127.0.0.1"
        assert ("reason" in entry) == (entry["status"] >= 400), entry


def test_lines_of_jobs_have_theirs(entries):
    found = [entry for entry in entries if "result" in entry]
    assert {entry["result"] for entry in found} >= {"done"}
    for entry in found:
        assert entry.keys() >= OF_JOB, entry


def test_slow_commands_have_theirs(entries):
    found = [entry for entry in entries if entry["logger"] == "streamsite.mongodb"]
    assert found
    for entry in found:
        assert entry.keys() >= {"collection", "command", "duration_ms", "failed"}, entry


def test_the_trouble_is_in_the_log_without_a_traceback(entries):
    assert any(
        "database unavailable" in entry["message"] for entry in entries if entry["process"] == "worker"
    )
    assert any("restarting it" in entry["message"] for entry in entries if entry["process"] == "mongo")
    assert [entry for entry in entries if "traceback" in entry or "Traceback" in entry["message"]] == []


def test_nothing_secret_is_in_it(output):
    assert "a-secret-question" not in output
    assert "evil.example" not in output
    assert "logged@" not in output
