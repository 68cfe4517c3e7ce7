"""The output of a running site: its lines have process, time, and id, whoever wrote them."""

from __future__ import annotations

import re
import time

import pytest

from tests.support.http_client import Caller

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

LINE = re.compile(r"(\w+) *\| (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?:(\w+) ([\w.]+) \[([^\]]+)\] )?(.*)")
KNOWN = re.compile(rf"(?:{LINE.pattern}|front +\| \d{{4}}/)")
TRACEBACK = re.compile(r"(\w+) *\| Traceback \(most recent call last\):")
QUEUED = re.compile(r"accounts\.tasks\.mail_user done \d+\.\d ms")


def lines(site, pattern):
    """Wait for a line whose text has the pattern; return the matches of all such lines."""
    deadline = time.monotonic() + 30
    while True:
        found = [match for line in site.output().splitlines() if (match := LINE.match(line))]
        found = [match for match in found if re.search(pattern, match[0])]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def outside_tracebacks(output):
    """Return the lines that no traceback covers: one goes from its head to its process's next line with a time."""
    kept, inside = [], set()
    for line in output.splitlines():
        process = line.split("|")[0].strip()
        if head := TRACEBACK.match(line):
            inside.add(head[1])
        elif LINE.match(line):
            inside.discard(process)
        if process not in inside:
            kept.append(line)
    return kept


def test_lines_of_a_traceback_are_told_from_stray_ones():
    output = (
        "worker | 2026-01-02T03:04:05.678Z INFO a.b [-] one\n"
        "worker | Traceback (most recent call last):\n"
        'worker |   File "x.py", line 1\n'
        "web    | stray\n"
        "worker | ValueError: no\n"
        "worker | 2026-01-02T03:04:06.678Z INFO a.b [-] two\n"
        "worker | stray too\n"
    )
    assert [line for line in outside_tracebacks(output) if not KNOWN.match(line)] == [
        "web    | stray",
        "worker | stray too",
    ]


def test_a_request_is_one_line_behind_nginx(site):
    status, headers, _ = Caller(site).call(
        "GET", "/api/v1/videos?q=nobody-reads-this", headers={"X-Request-Id": "of-the-site-1"}
    )
    assert (status, headers["x-request-id"]) == (200, "of-the-site-1")
    (line,) = lines(site, "of-the-site-1")
    assert (line[1], line[3], line[4]) == ("web", "INFO", "streamsite.requests")
    assert re.fullmatch(r"GET /api/v1/videos 200 \d+\.\d ms", line[6])
    assert "nobody-reads-this" not in site.output()


def test_a_foreign_host_leaves_no_traceback(site):
    before = site.output().count("evil.example")
    sent = {"Host": "evil.example", "X-Request-Id": "of-the-site-2"}
    assert Caller(site).call("GET", "/login", headers=sent)[0] == 400
    assert [line[3] for line in lines(site, "of-the-site-2")] == ["INFO"]
    assert site.output().count("evil.example") == before


def test_a_job_is_one_line(site):
    Caller(site).sign_up("logged")
    found = lines(site, QUEUED)
    assert found
    for line in found:
        assert (line[1], line[3], line[4]) == ("worker", "INFO", "streamsite.worker")
        assert re.fullmatch(r"[0-9a-f]{32}", line[5])


def test_every_line_outside_a_traceback_has_process_and_time(site):
    assert Caller(site).call("GET", "/")[0] == 200
    assert [line for line in outside_tracebacks(site.output()) if not KNOWN.match(line)] == []
