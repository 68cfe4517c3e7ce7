"""A whole site that reports and traces: every process of it, to its end, and whether anybody listens or not."""

from __future__ import annotations

import time

import pytest
from django.core.management import CommandError, call_command
from pymongo import MongoClient

from streamsite.tasks import queue
from tests.support.http_client import Caller
from tests.support.stack import Stack
from tests.telemetry.receivers import Receiver, Silent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def queue_a_fault(site):
    """Queue a job that no worker can run: its task is missing."""
    uri = (site.data_dir / "run" / "mongodb-uri").read_text()
    job = queue.build_job("streamsite.no_such_task", [], {}, queue="default", max_tries=1)
    with MongoClient(uri) as client:
        moments = {"run_at": job["enqueued_at"], "enqueued_at": job["enqueued_at"]}
        client["streamsite"][queue.JOBS].insert_one({**job, **moments})


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    """What a site sent whose last request came just before its end; nothing of the traces was due before that."""
    receiver = Receiver()
    slowly = {"OTEL_BSP_SCHEDULE_DELAY": "600000", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2048"}
    site = Stack(tmp_path_factory.mktemp("traced"), web_processes=2, **receiver.settings, **slowly)
    site.start()
    try:
        caller = Caller(site)
        caller.sign_up("traced")
        until(lambda: "mail_user done" in site.output())
        queue_a_fault(site)
        until(lambda: "no_such_task failed" in site.output())
        until(lambda: receiver.reports)
        sent_before = len(receiver.spans)
        caller.call("GET", "/login?q=a-secret-question")
        assert site.stop() == 0
    finally:
        site.kill()
        receiver.stop()
    assert sent_before == 0
    return receiver


def test_the_last_spans_of_every_process_arrive_at_its_end(received):
    assert {process for process, _ in received.spans} == {"web", "worker"}
    assert "GET login" in {span.name for _, span in received.spans}


def test_a_request_has_its_commands_within_it(received):
    by_id = {span.span_id: span for _, span in received.spans}
    roots = [span for process, span in received.spans if process == "web" and not span.parent_span_id]
    assert all(" " in span.name for span in roots)
    commands = [
        span for process, span in received.spans if process == "web" and span.name.startswith("insert ")
    ]
    assert commands
    for command in commands:
        assert by_id[command.parent_span_id].trace_id == command.trace_id


def test_a_job_is_linked_to_the_request_that_queued_it(received):
    by_id = {span.span_id: (process, span) for process, span in received.spans}
    mails = [span for _, span in received.spans if span.name == "accounts.tasks.mail_user"]
    assert mails
    for mail in mails:
        (link,) = mail.links
        process, request = by_id[link.span_id]
        assert (process, request.name.split()[0]) == ("web", "POST")


def test_workers_look_for_jobs_without_a_trace(received):
    """They ask several times a second."""
    roots = {span.name for process, span in received.spans if process == "worker" and not span.parent_span_id}
    assert "accounts.tasks.mail_user" in roots
    assert not [name for name in roots if " " in name]


def test_a_fault_of_a_worker_is_reported(received):
    (report,) = [one for one in received.reports if one["tags"].get("task") == "streamsite.no_such_task"]
    assert (report["tags"]["process"], report["tags"]["queue"]) == ("worker", "default")
    assert report["exception"]["values"][-1]["type"] in {"ImportError", "ModuleNotFoundError"}


def test_nothing_of_what_people_typed_was_sent(received):
    sent = "\n".join(str(span) for _, span in received.spans) + str(received.reports)
    for private in ("traced@", "a-secret-question", "correct horse"):
        assert private not in sent


def test_a_test_report_says_what_became_of_it(settings, monkeypatch, capsys):
    with pytest.raises(CommandError, match="Neither SENTRY_DSN nor OTEL_EXPORTER_OTLP_ENDPOINT"):
        call_command("send_test_report")
    receiver = Receiver()
    settings.SENTRY_DSN, settings.OTEL_TRACES = receiver.settings["SENTRY_DSN"], True
    address = receiver.settings["OTEL_EXPORTER_OTLP_ENDPOINT"]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    call_command("send_test_report")
    assert capsys.readouterr().out.count(" was taken.") == 2
    assert [report["message"] for report in receiver.reports] == [
        "This is a test of reports: nothing is wrong."
    ]
    assert [(process, span.name) for process, span in receiver.spans] == [("command", "test")]
    receiver.stop()
    with pytest.raises(CommandError, match=r"A report to .* was not taken: network\. A trace to .* was not"):
        call_command("send_test_report")
    assert "0a1b2c" not in capsys.readouterr().out


def test_receivers_that_say_nothing_delay_nothing(tmp_path):
    """Requests are answered while deliveries wait, and the site ends in time."""
    silent = Silent()
    site = Stack(tmp_path, **silent.settings, OTEL_BSP_SCHEDULE_DELAY="50")
    site.start()
    try:
        caller = Caller(site)
        queue_a_fault(site)
        until(lambda: "no_such_task failed" in site.output())
        assert caller.call("GET", "/login")[0] == 200
        until(
            lambda: len(silent.connections) >= 2
        )  # one for traces of the web, one for the report of the worker
        for _ in range(20):
            assert caller.call("GET", "/login")[0] == 200
        assert site.stop() == 0
    finally:
        site.kill()
        silent.stop()
