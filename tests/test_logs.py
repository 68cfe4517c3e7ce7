"""Logs of requests and jobs: one line each, and a traceback for faults of the site only."""

from __future__ import annotations

import io
import json
import logging
import re
import smtplib
import time

import pytest
from django.conf import settings as configured
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from streamsite import access_log, console, logs
from streamsite.logs import JsonFormatter, TextFormatter, redact_path
from streamsite.tasks import job_log, queue
from streamsite.tasks.worker import Worker
from tests.faulty_urls import FAULTS, STATUSES
from tests.support.commands import recorded

LINE = re.compile(
    r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) (\S+) \[(\S+)\] (.*)\Z"
)
EXPECTED = sorted(set(FAULTS) - {"bug"})
PATHS = ("/fail/", "/api/v1/fail/")


class Output:
    """A stream with the output of the site's own handler."""

    def __init__(self, stream):
        self._stream = stream

    def text(self):
        return self._stream.getvalue()

    def lines(self):
        """``(level, logger, id, message)`` of each line; fails on a line of another form."""
        found = []
        for line in self.text().splitlines():
            match = LINE.match(line)
            assert match, line
            found.append(match.groups())
        return found

    def about(self, name):
        return [line for line in self.lines() if line[2] == name]


@pytest.fixture
def handler():
    """The handler that the settings configure."""
    (found,) = (one for one in logging.getLogger().handlers if isinstance(one.formatter, TextFormatter))
    return found


@pytest.fixture
def output(handler):
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield Output(stream)
    handler.setStream(before)


@pytest.fixture
def faulty(cast, settings):
    """A visitor of a site with views that fail."""
    settings.ROOT_URLCONF = "tests.faulty_urls"
    return Client(raise_request_exception=False)


def ask(client, path, name="a-request-id", **headers):
    return client.get(path, headers={"X-Request-Id": name, **headers})


def test_a_request_is_one_line(cast, output):
    response = ask(cast.page("anonymous"), "/search?q=private+words")
    assert response.status_code == 200
    ((level, logger, name, message),) = output.lines()
    assert (level, logger, name) == ("INFO", "streamsite.requests", "a-request-id")
    assert re.fullmatch(r"GET /search 200 \d+\.\d ms", message)


def test_a_line_names_nobody(cast, output):
    ask(cast.page("owner"), "/history")
    ask_from("198.51.100.7", cast.api("owner"), "/api/v1/me")
    for secret in (cast.owner.pk, cast.owner.username, cast.owner.email, "198.51.100.7"):
        assert secret not in output.text()


def test_a_refusal_says_why(cast, output):
    assert ask(cast.page("anonymous"), "/api/v1/me").status_code == 401
    (line,) = output.about("a-request-id")
    assert re.fullmatch(r"GET /api/v1/me 401 \d+\.\d ms not_authenticated", line[3])


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_to_be_expected_has_no_traceback(faulty, output, path, kind):
    response = ask(faulty, f"{path}{kind}")
    assert response.status_code == STATUSES[kind]
    lines = output.about("a-request-id")
    assert output.lines() == lines
    assert {level for level, *_ in lines} <= {"INFO", "WARNING"}
    assert [logger for _, logger, *_ in lines].count("streamsite.requests") == 1
    assert "Traceback" not in output.text()
    for secret in ("address of a server", "/var/lib"):
        assert secret not in output.text()


def test_an_outage_says_what_it_consists_of(faulty, output):
    ask(faulty, "/fail/outage")
    assert output.lines()[-1][0] == "WARNING"
    assert output.lines()[-1][3].endswith(" ms unavailable (OperationalError)")


@pytest.mark.parametrize("path", PATHS)
def test_a_fault_has_one_traceback_with_the_id_of_the_answer(faulty, output, path):
    response = ask(faulty, f"{path}bug")
    assert response.status_code == 500
    assert "a-request-id" in response.content.decode()
    text = output.text()
    assert text.count("Traceback (most recent call last)") == 1
    assert text.count("LookupError: a bug") == 1
    lines = [match.groups() for line in text.splitlines() if (match := LINE.match(line))]
    assert [(level, logger) for level, logger, *_ in lines] == [
        ("WARNING", "streamsite.tests"),
        ("ERROR", "django.request"),
        ("WARNING", "streamsite.requests"),
    ]
    assert {name for _, _, name, _ in lines} == {"a-request-id"}


def test_a_foreign_host_is_one_line_without_traceback(cast, settings, output):
    settings.ALLOWED_HOSTS = ["videos.example.org"]
    for path in ("/", "/login", "/api/v1/videos", "/feeds/x", "/static/x.css", "/admin/"):
        assert ask(cast.page("anonymous"), path, Host="evil.example").status_code == 400
    lines = output.lines()
    assert len(lines) == 6
    assert {(level, message.split(" ms ")[1]) for level, _, _, message in lines} == {
        ("INFO", "parse_error (DisallowedHost)")
    }


def test_probes_and_files_that_are_found_are_quiet(cast, output):
    visitor = cast.page("anonymous")
    visitor.get("/healthz")
    visitor.get("/readyz")
    assert output.lines() == []
    assert ask(visitor, "/media/v/s3cret/AAAAAAAAAAA/gen/master.m3u8").status_code in (403, 404)
    ((level, _, _, message),) = output.lines()
    assert (level, message.split()[1]) == ("INFO", "/media/v/.../AAAAAAAAAAA/gen/master.m3u8")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/watch/AAAAAAAAAAA", "/watch/AAAAAAAAAAA"),
        ("/a\nb 2026-01-01 ERROR", "/a%0Ab%202026-01-01%20ERROR"),
        ("/\x1b[31m\u2028\ud800", "/%1B%5B31m%E2%80%A8%3F"),
        ("/ü", "/%C3%BC"),
        (f"/{'x' * 60}/y", "/.../y"),
        ("/decisions/s3cret:x", "/decisions/..."),
        ("/feeds/private/s3cret.rss", "/feeds/private/..."),
    ],
)
def test_paths_are_safe_to_read(path, shown):
    assert redact_path(path) == shown


def test_a_path_is_bounded():
    assert len(redact_path("/x" * 5_000)) < 600
    assert len(redact_path("/ü" * 5_000)) < 3_500


def test_every_secret_of_a_path_is_left_out():
    """Of every route: what its URL conf calls a token, secret, or key does not get into a line."""
    found = 0
    for route in _routes(get_resolver()):
        if re.search(r"<(?:\w+:)?\w*(token|secret|(?<!pass)key)\w*>", route) and "token_id" not in route:
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: f"s3cret-{match[1]}", f"/{route}")
            assert not re.search(r"s3cret-\w*(token|secret|(?<!pass)key)", redact_path(path)), path
            found += 1
    assert found >= 3


def _routes(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)


def test_a_message_cannot_begin_another_line(output):
    logging.getLogger("streamsite.tests").warning("a\n2026-01-01T00:00:00.000Z INFO x [-] forged\x1b[0m")
    ((_, _, _, message),) = output.lines()
    assert message == r"a\n2026-01-01T00:00:00.000Z INFO x [-] forged\x1b[0m"


def ask_from(address, client, path, name="a-request-id", **environ):
    return client.get(path, headers={"X-Request-Id": name}, REMOTE_ADDR=address, **environ)


def test_a_line_names_the_caller_when_that_is_wanted(cast, output, settings):
    settings.LOG_CLIENTS = True
    ask_from("198.51.100.7", cast.page("owner"), "/history")
    ask_from("198.51.100.8", cast.api("owner"), "/api/v1/me", "another-request")
    ask_from("198.51.100.9", cast.page("anonymous"), "/login", "a-third-request")
    ends = [output.about(name)[0][3].split(" ms ")[1] for name in ("a-request-id", "another-request")]
    assert ends == [f"client 198.51.100.{number} user {cast.owner.pk}" for number in (7, 8)]
    assert output.about("a-third-request")[0][3].endswith(" client 198.51.100.9 user -")
    assert cast.owner.username not in output.text()


def test_naming_the_caller_asks_the_database_for_nothing(cast, settings):
    page = cast.page("owner")

    def commands():
        with recorded() as seen:
            assert page.get("/robots.txt").status_code == 200
        return [command for command in seen if "throttle" not in command]

    commands()
    before = commands()
    settings.LOG_CLIENTS = True
    assert commands() == before


def test_a_forged_address_is_not_believed(cast, output, settings):
    settings.LOG_CLIENTS = True
    ask_from("198.51.100.7", cast.page("anonymous"), "/login", HTTP_X_FORWARDED_FOR="203.0.113.1")
    assert " client 198.51.100.7 " in output.text()
    assert "203.0.113.1" not in output.text()


def test_of_files_every_so_many_has_a_line(cast, output, settings):
    settings.LOG_MEDIA_EVERY = 3
    for _ in range(9):
        access_log.log_request(*sent("/media/v/s3cret/AAAAAAAAAAA/gen/0.m4s"))
    cast.page("anonymous").get("/healthz")
    assert [message.split()[1] for *_, message in output.lines()] == [
        "/media/v/.../AAAAAAAAAAA/gen/0.m4s"
    ] * 3


def sent(path):
    """A request for a file that was sent, as ``log_request`` takes it."""
    return RequestFactory().get(path), HttpResponse(b"12345"), time.perf_counter()


# --- jobs -----------------------------------------------------------------------------------------


@pytest.fixture
def run(database, output):
    """Run one job of a task, a try; return its id and the worker's lines about it."""

    def carry_out(task, *args, **options):
        job = queue.build_job(task, list(args), {}, queue="default", **options)
        queue.put(job)
        Worker(["default"]).run(once=True)
        lines = [match.groups() for line in output.text().splitlines() if (match := LINE.match(line))]
        return job["_id"], [line for line in lines if line[1] == "streamsite.worker"]

    return carry_out


def test_a_job_is_one_line(run):
    name, ((level, _, context, message),) = run("tests.tasks.samples.note", "x")
    assert (level, context) == ("INFO", name)
    assert re.fullmatch(r"tests\.tasks\.samples\.note done \d+\.\d ms", message)


def test_a_fault_of_a_task_has_a_traceback(run, output):
    name, ((level, _, context, message),) = run("tests.tasks.samples.crash", "why", max_tries=1)
    assert (level, context) == ("ERROR", name)
    assert re.fullmatch(
        r"tests\.tasks\.samples\.crash failed \(try 1 of 1\) \d+\.\d ms: LookupError", message
    )
    assert output.text().count("LookupError: why") == 1


def test_a_permanent_failure_has_none(run, output):
    _, ((level, _, _, message),) = run("tests.tasks.samples.crash_for_good", "This is no video.")
    assert level == "WARNING"
    assert re.search(r"crash_for_good dead \(try 1 of 5\) \d+\.\d ms: This is no video\.\Z", message)
    assert "Traceback" not in output.text()


@pytest.mark.parametrize(
    "error", [smtplib.SMTPServerDisconnected("x"), ConnectionRefusedError("x"), *FAULTS.values()]
)
def test_partners_that_are_away_are_no_faults(output, error):
    job = queue.Job("j", "t", "some.task", [], {}, "mail", 1, 20, timezone.now())
    job_log.log_attempt(job, job_log.FAILED, 0.0, error=error)
    is_fault = isinstance(error, LookupError)
    assert output.text().startswith("20")
    assert (" ERROR " in output.text()) == is_fault
    assert ("LookupError: a bug" in output.text()) == is_fault


def test_the_line_of_a_job_names_its_video(output):
    for args, kwargs in ((["AAAAAAAAAAA"], {}), ([], {"video_id": "AAAAAAAAAAA"})):
        job = queue.Job(
            "j", "t", "videos.tasks.process_video", args, kwargs, "transcode", 1, 5, timezone.now()
        )
        job_log.log_attempt(job, job_log.DONE, 0.0)
    assert [line[3].endswith(" ms video AAAAAAAAAAA") for line in output.lines()] == [True, True]


# --- JSON -----------------------------------------------------------------------------------------


@pytest.fixture
def json_lines(handler, output):
    before = handler.formatter
    handler.setFormatter(JsonFormatter())
    yield lambda: [json.loads(line) for line in output.text().splitlines()]
    handler.setFormatter(before)


def test_json_has_the_same_as_fields(faulty, json_lines):
    ask(faulty, "/fail/outage")
    entry = json_lines()[-1]
    assert entry.items() >= {"level": "WARNING", "request_id": "a-request-id", "method": "GET"}.items()
    assert entry.items() >= {"path": "/fail/outage", "status": 503}.items()
    assert entry["reason"] == "unavailable (OperationalError)"
    assert entry["duration_ms"] >= 0


def test_json_has_one_schema(cast, json_lines, settings):
    ask(cast.page("owner"), "/watch/AAAAAAAAAAA?q=s3cret")
    (entry,) = json_lines()
    assert list(entry) == [
        *("time", "level", "logger", "request_id", "message", "method", "path", "route", "status"),
        *("duration_ms", "bytes", "reason"),
    ]
    assert (entry["route"], entry["status"], entry["reason"]) == ("watch", 404, "not_found")
    assert entry["bytes"] > 100
    settings.LOG_CLIENTS = True
    ask_from("198.51.100.7", cast.page("owner"), "/history")
    entry = json_lines()[-1]
    assert (entry["client"], entry["user_id"]) == ("198.51.100.7", cast.owner.pk)
    assert "reason" not in entry


def test_bytes_are_those_that_are_sent_where_they_are_known(json_lines, database):
    answers = [HttpResponse(b"12345"), StreamingHttpResponse(iter([b"x"]))]
    answers.append(StreamingHttpResponse(iter([b"x"]), headers={"Content-Length": "7"}))
    answers.append(HttpResponse(headers={"X-Accel-Redirect": "/internal/x"}))
    for answer in answers:
        access_log.log_request(RequestFactory().get("/x"), answer, time.perf_counter())
    access_log.log_request(RequestFactory().head("/x"), HttpResponse(b"12345"), time.perf_counter())
    assert [entry.get("bytes") for entry in json_lines()] == [5, None, 7, None, None]


def test_json_of_a_fault_is_still_one_line(faulty, json_lines):
    ask(faulty, "/fail/bug")
    assert [entry["logger"] for entry in json_lines() if "traceback" in entry] == ["django.request"]


def test_json_of_a_job(database, json_lines):
    job = queue.build_job("tests.tasks.samples.note", ["x"], {}, queue="default")
    queue.put(job)
    Worker(["default"]).run(once=True)
    (entry,) = [entry for entry in json_lines() if entry["logger"] == "streamsite.worker"]
    assert entry.pop("duration_ms") >= 0
    assert entry.pop("time")
    assert entry.pop("message")
    assert entry == {
        "level": "INFO",
        "logger": "streamsite.worker",
        "request_id": "-",
        "job_id": job["_id"],
        "task": "tests.tasks.samples.note",
        "queue": "default",
        "result": "done",
        "tries": 1,
    }


# --- what script/server prints --------------------------------------------------------------------

CHILD = b"""2026-11-29T07:30:00.123Z INFO a [-] b
2026/11/29 07:30:00 [crit] 5#5: nginx says something
the database is prepared
2026-11-29T07:30:00.123Z ERROR a [-] failed
Traceback (most recent call last):
  File "x.py", line 1, in <module>
LookupError: why
2026-11-29T07:30:00.124Z INFO a [-] c
{"time": "2026-11-29T07:30:00.123+00:00", "level": "INFO", "message": "d"}
"""


def test_lines_of_script_server_have_process_and_time(capsys, monkeypatch):
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    console.print_line("mongo", "ready")
    console.copy_lines("web", io.BytesIO(CHILD.rpartition(b"{")[0]))
    time = r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d"
    said, *copied = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"mongo  \| {time}\.\d{{3}}Z ready", said)
    assert [line.startswith("web    | ") for line in copied] == [True] * 8
    is_timed = [bool(re.match(rf"web    \| {time}", line)) for line in copied]
    assert is_timed == [True, True, True, True, False, False, False, True]
    assert copied[2].endswith("Z the database is prepared")


def test_with_json_everything_is(capsys, monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    console.print_line("mongo", "ready")
    torn = b'{"time": "2026-11-29T07:30:00.123+00:00", "lev'
    console.copy_lines("web", io.BytesIO(CHILD.replace(b"nginx says", torn + b"\nnginx says")))
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [entry["process"] for entry in entries] == ["mongo"] + ["web"] * 10
    assert entries[0]["message"] == "ready"
    assert entries[-1]["message"] == "d"
    assert all(entry["time"] for entry in entries)


def test_the_web_server_writes_no_lines_of_its_own_about_requests():
    from streamsite.server_command import LOGGING, granian_command

    assert "--no-access-log" in granian_command("127.0.0.1", 1, 1)
    formats = json.loads(LOGGING.read_text())["formatters"]
    assert formats == {"line": {"()": "streamsite.logs.web_server_formatter"}}


def test_the_web_servers_lines_have_the_sites_form(monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "json")
    assert isinstance(logs.web_server_formatter(), JsonFormatter)
    monkeypatch.delenv("LOG_FORMAT")
    record = logging.LogRecord("_granian", logging.ERROR, __file__, 1, "worker %d died", (1,), None)
    assert LINE.match(logs.web_server_formatter().format(record))


def test_one_handler_writes_everything(handler):
    """Django brings some of its own, for DEBUG, for mails to admins, and for its development server."""
    names = ["django", "django.request", "django.server", "streamsite", "celery", "py.warnings"]
    assert [logging.getLogger(name).handlers for name in names] == [[]] * len(names)
    assert all(logging.getLogger(name).propagate for name in names)


def test_every_handler_has_the_filters():
    for handler in configured.LOGGING["handlers"].values():
        assert handler["filters"] == ["context", "without_expected_tracebacks"]
