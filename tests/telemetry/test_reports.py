"""Reports of errors: those that are faults, and of each what the log would show."""

from __future__ import annotations

import json
import logging
import smtplib

import pytest
import sentry_sdk
from django.test import Client
from django.utils import timezone

from streamsite import __version__
from streamsite.logs import redact_text
from streamsite.tasks import job_log, queue
from streamsite.tasks.worker import Worker
from streamsite.telemetry import sentry
from streamsite.telemetry.scrubbing import scrub
from tests import faulty_urls
from tests.faulty_urls import FAULTS, STATUSES

logger = logging.getLogger("streamsite.tests")


@pytest.fixture
def visitor(cast, settings, inbox):
    """A visitor of a site with views that fail."""
    settings.ROOT_URLCONF = "tests.faulty_urls"
    return Client(raise_request_exception=False)


def ask(client, path, **options):
    return client.get(path, headers={"X-Request-Id": "a-request-id"} | options.pop("headers", {}), **options)


@pytest.mark.parametrize("path", ["/fail/bug", "/api/v1/fail/bug"])
def test_a_fault_of_a_request_is_one_report(visitor, inbox, path):
    assert ask(visitor, f"{path}?q=words").status_code == 500
    (report,) = inbox.reports()
    (error,) = report["exception"]["values"]
    assert (error["type"], error["value"]) == ("LookupError", "a bug")
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert error["stacktrace"]["frames"][-1]["context_line"].strip() == "raise FAULTS[kind]"
    assert report["tags"] == {
        "process": "web",
        "request_id": "a-request-id",
        "route": report["transaction"],
    }
    assert report["request"] == {"method": "GET", "url": f"http://localhost:8000{path}"}
    assert (report["release"], report["environment"]) == (f"streamsite@{__version__}", "development")
    assert (report["level"], report["logger"]) == ("error", "django.request")


@pytest.mark.parametrize("kind", sorted(set(FAULTS) - {"bug"}))
@pytest.mark.parametrize("path", ["/fail/", "/api/v1/fail/"])
def test_what_is_to_be_expected_is_not_reported(visitor, inbox, path, kind):
    assert ask(visitor, f"{path}{kind}").status_code == STATUSES[kind]
    assert inbox.envelopes == []


def test_refusals_and_foreign_hosts_are_not_reported(visitor, inbox):
    assert ask(visitor, "/no-such-page").status_code == 404
    assert ask(visitor, "/api/v1/me").status_code == 401
    assert ask(visitor, "/", headers={"Host": "evil.example"}).status_code == 400
    assert visitor.post("/login", "x" * 9_000_000, content_type="text/plain").status_code in {
        400,
        403,
        413,
        415,
    }
    assert inbox.envelopes == []


SECRETS = {
    "mail": "ann@example.org",
    "address": "203.0.113.7",
    "address6": "2001:db8:0:1::7",
    "token": "Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg",
    "jwt": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0x.c2lnbmF0dXJlMTIzNDU2",
    "password": "hunter2",
    "code": "493817",
    "user": "dave",
}
MESSAGE = (
    "login of {mail} from {address} and {address6} with Bearer {token} and {jwt}: password={password}, "
    "'otp': '{code}', at https://{user}:{password}@db/x?token={token} dup key: {{ username: \"{user}\" }}"
)


def test_a_report_has_no_secret_and_nobodys_data(visitor, inbox, monkeypatch):
    """Of the request, of variables, of the message, and of the error that caused it."""
    error = LookupError(MESSAGE.format(**SECRETS))
    error.__cause__ = ValueError(f"invalid value: '{SECRETS['user']}'")
    monkeypatch.setitem(faulty_urls.FAULTS, "bug", error)
    visitor.cookies["session"] = SECRETS["token"]
    response = visitor.post(
        f"/fail/bug?email={SECRETS['mail']}&next={SECRETS['password']}",
        {"password": SECRETS["password"], "email": SECRETS["mail"]},
        headers={
            "Authorization": f"Bearer {SECRETS['jwt']}",
            "User-Agent": "a-browser",
            "Referer": f"https://x/?{SECRETS['token']}",
        },
        REMOTE_ADDR=SECRETS["address"],
    )
    assert response.status_code == 500
    (report,) = inbox.reports()
    assert [one["type"] for one in report["exception"]["values"]] == ["ValueError", "LookupError"]
    assert report["exception"]["values"][1]["value"].startswith(
        "login of [email] from [address] and [address]"
    )
    sent = inbox.text()
    for name, secret in SECRETS.items():
        assert secret not in sent, name
    for word in (
        "a-browser",
        "Referer",
        "ookie",
        "vars",
        "REMOTE_ADDR",
        "query_string",
        "ip_address",
        "abs_path",
    ):
        assert word not in sent, word


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'NoneType' object has no attribute 'title'", "'NoneType' object has no attribute 'title'"),
        ("list index out of range", "list index out of range"),
        ("at 12:30 the 3rd of 17 parts", "at 12:30 the 3rd of 17 parts"),
        ("GET /media/v/s3cret/AAAAAAAAAAA/x failed", "GET /media/v/.../AAAAAAAAAAA/x failed"),
        ("E11000 duplicate key error collection: s.users index: name dup key: { name: \"x\" }, full error: {}",
         "E11000 duplicate key error collection: s.users index: name dup key: ..."),
        ("videos.tasks.process_video took too long", "videos.tasks.process_video took too long"),
    ],
)  # fmt: skip
def test_what_an_error_says_stays_readable(text, shown):
    assert redact_text(text) == shown


def test_a_long_text_is_cut_in_no_time():
    for text in (
        "a" * 10**6,
        "@" * 10**6,
        "?=" * 10**6,
        ":" * 10**6,
        "a@" * 10**6,
        "1." * 10**6,
        "'" * 10**6,
    ):
        assert len(redact_text(text)) <= 8_000


def test_quotes_stay_where_they_quote_code():
    def value(kind, text):
        return scrub({"exception": {"values": [{"type": kind, "value": text}]}})["exception"]["values"][0][
            "value"
        ]

    assert value("AttributeError", "no attribute 'title'") == "no attribute 'title'"
    assert value("KeyError", "'dave'") == "'...'"
    assert value("ValueError", "invalid literal: \"dave's\" or 'x'") == "invalid literal: '...' or '...'"


def test_what_the_sdk_adds_one_day_is_not_sent():
    given = {
        "event_id": "1", "breadcrumbs": {}, "extra": {"sys.argv": []}, "modules": {}, "contexts": {}, "new": 1,
        "request": {"method": "GET", "url": "/", "cookies": {}, "headers": {}, "data": {}, "env": {}},
        "user": {"username": "dave", "email": "x@y.org"},
    }  # fmt: skip
    assert scrub(given) == {"event_id": "1", "request": {"method": "GET", "url": "/"}}


def test_who_asked_is_named_when_the_log_names_them(cast, settings, inbox):
    settings.ROOT_URLCONF, settings.LOG_CLIENTS = "tests.faulty_urls", True
    page = cast.page("owner")
    page.raise_request_exception = False
    assert page.get("/fail/bug", REMOTE_ADDR="198.51.100.7").status_code == 500
    (report,) = inbox.reports()
    assert report["user"]["ip_address"] == "198.51.100.7"
    assert cast.owner.email not in inbox.text()


def test_a_line_without_an_error_is_a_report_as_well(inbox):
    logger.warning("not this one")
    logger.critical("the folder of %s is another site's", "dave@example.org")
    (report,) = inbox.reports()
    assert (report["message"], report["level"]) == ("the folder of [email] is another site's", "fatal")


def test_a_failed_delivery_is_no_reason_for_a_report(inbox):
    for name in ("sentry_sdk.errors", "opentelemetry.sdk", "urllib3.connectionpool"):
        logging.getLogger(name).critical("cannot be delivered")
    assert inbox.envelopes == []


def test_reports_that_are_lost_are_one_line(settings, json_lines):
    settings.SENTRY_DSN = "http://0a1b2c@127.0.0.1:1/1"
    end = sentry.start("web")
    for word in ("one", "two"):
        logger.critical(word)
    end()
    sentry_sdk.get_global_scope().set_client(None)
    lines = [(line["level"], line["message"]) for line in json_lines() if line["level"] != "CRITICAL"]
    assert lines == [("WARNING", "reports cannot be delivered (SENTRY_DSN): network")]


def test_a_fault_of_a_job_names_task_queue_and_job(database, inbox):
    job = queue.build_job("tests.tasks.samples.crash", ["why"], {}, queue="default", max_tries=1)
    queue.put(job)
    Worker(["default"]).run(once=True)
    (report,) = inbox.reports()
    assert report["exception"]["values"][0]["type"] == "LookupError"
    assert report["transaction"] == "tests.tasks.samples.crash"
    expected = {"task": "tests.tasks.samples.crash", "queue": "default", "job_id": job["_id"], "try": "1"}
    assert report["tags"] == expected | {"process": "web"}
    assert "request" not in report


def test_jobs_that_fail_as_they_may_are_not_reported(database, inbox):
    queue.put(queue.build_job("tests.tasks.samples.crash_for_good", ["No video."], {}, queue="default"))
    Worker(["default"]).run(once=True)
    job = queue.Job("j", "t", "some.task", [], {}, "mail", 1, 20, timezone.now())
    for error in (smtplib.SMTPServerDisconnected("x"), ConnectionRefusedError("x"), FAULTS["outage"]):
        job_log.log_attempt(job, job_log.FAILED, 0.0, error=error)
    assert inbox.envelopes == []


def test_reports_are_json_that_is_whole(visitor, inbox):
    ask(visitor, "/fail/bug")
    assert set(json.loads(inbox.text().splitlines()[-1])) >= {
        "event_id",
        "exception",
        "platform",
        "timestamp",
    }
