"""Traces of requests, jobs and commands: named by routes, tasks and collections, with nothing that people typed."""

from __future__ import annotations

import os

import pytest
from django.test import Client
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from streamsite import __version__
from streamsite.tasks import queue
from streamsite.tasks.worker import Worker
from streamsite.telemetry import spans, tracing
from streamsite.telemetry.mongodb import CommandSpans
from streamsite.telemetry.spans import Kind

FOREIGN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def of(span):
    """The attributes of a span, as a dictionary."""
    return dict(span.attributes)


def test_a_request_is_a_span_named_after_its_route(cast, traces):
    headers = {"X-Request-Id": "a-request-id", "User-Agent": "a-browser"}
    assert cast.page("owner").get("/search?q=private+words", headers=headers).status_code == 200
    (span,) = traces.all()
    assert (span.name, span.kind, span.parent) == ("GET search", SpanKind.SERVER, None)
    assert of(span) == {
        "http.request.method": "GET",
        "http.route": "search",
        "http.response.status_code": 200,
        "streamsite.request_id": "a-request-id",
    }
    assert span.status.status_code is StatusCode.UNSET
    about = span.resource.attributes
    assert (about["service.name"], about["service.version"]) == ("streamsite", __version__)
    for private in ("private", "words", "a-browser", cast.owner.username, "127.0.0.1"):
        assert private not in traces.text()


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [("outage", 503, "unavailable"), ("bug", 500, "internal_error"), ("full", 507, None)],
)
def test_an_answer_from_500_on_is_a_failed_span(cast, traces, settings, kind, status, error):
    settings.ROOT_URLCONF = "tests.faulty_urls"
    response = Client(raise_request_exception=False).get(f"/api/v1/fail/{kind}")
    assert response.status_code == status
    (span,) = traces.all()
    assert span.status.status_code is StatusCode.ERROR
    assert error is None or of(span)["error.type"] == error
    assert span.events == ()  # an error's message may hold anything


def test_a_refusal_is_none(cast, traces):
    assert cast.page("anonymous").get("/no-such-page").status_code == 404
    (span,) = traces.all()
    assert (span.name, span.status.status_code) == ("GET unmatched", StatusCode.UNSET)


def test_files_and_probes_are_not_traced(cast, traces):
    visitor = cast.page("anonymous")
    for path in ("/healthz", "/readyz", "/static/x.css", "/media/v/s3cret/AAAAAAAAAAA/gen/master.m3u8"):
        visitor.get(path)
    assert traces.all() == []


def test_a_made_up_method_is_none_of_the_names(cast, traces):
    cast.page("anonymous").generic("PURGE", "/")
    assert [span.name for span in traces.all()] == ["other home"] or traces.all()[0].name.startswith("other ")


def test_a_caller_has_no_part_in_it(cast, traces):
    """Neither in the trace nor in whether there is one."""
    for flags in ("01", "00"):
        cast.page("anonymous").get(
            "/login",
            headers={"traceparent": FOREIGN[:-2] + flags, "tracestate": "a=b", "baggage": "user=dave"},
        )
    found = traces.all()
    assert len(found) == 2
    assert all(span.parent is None and not span.links for span in found)
    assert FOREIGN[3:35] not in traces.text()
    assert "dave" not in traces.text()


def test_who_asked_is_named_when_the_log_names_them(cast, traces, settings):
    settings.LOG_CLIENTS = True
    cast.page("owner").get("/history", REMOTE_ADDR="198.51.100.7")
    (span,) = traces.all()
    assert (of(span)["client.address"], of(span)["user.id"]) == ("198.51.100.7", str(cast.owner.pk))


def test_lines_name_the_trace(cast, traces, json_lines):
    cast.page("anonymous").get("/login")
    ((line,), (span,)) = json_lines(), traces.all()
    assert line["trace_id"] == f"{span.context.trace_id:032x}"


def test_a_job_is_a_trace_with_a_link_to_the_request(database, traces, json_lines):
    with spans.root("GET upload", Kind.SERVER, {}):
        job = queue.build_job("tests.tasks.samples.note", ["words"], {}, queue="default")
    queue.put(job)
    Worker(["default"]).run(once=True)
    request, ran = traces.all()
    assert (ran.name, ran.kind, ran.parent) == ("tests.tasks.samples.note", SpanKind.CONSUMER, None)
    assert [link.context.span_id for link in ran.links] == [request.context.span_id]
    assert ran.context.trace_id != request.context.trace_id
    assert of(ran)["messaging.message.id"] == job["_id"]
    assert of(ran)["messaging.destination.name"] == "default"
    (line,) = (line for line in json_lines() if line.get("job_id") == job["_id"])
    assert line["trace_id"] == f"{ran.context.trace_id:032x}"
    assert "words" not in traces.text()


def test_a_failed_try_says_of_which_class(database, traces):
    queue.put(queue.build_job("tests.tasks.samples.crash", ["words"], {}, queue="default", max_tries=1))
    Worker(["default"]).run(once=True)
    (span,) = traces.all()
    assert (of(span)["error.type"], span.status.status_code) == ("LookupError", StatusCode.ERROR)
    assert "words" not in traces.text()


def test_without_tracing_a_job_keeps_nothing(database):
    assert "trace" not in queue.build_job("tests.tasks.samples.note", ["x"], {}, queue="default")
    with spans.root("x", Kind.SERVER, {}) as span, spans.within("y", Kind.CLIENT, {}) as inner:
        assert (span, inner) == (None, None)


@pytest.mark.parametrize("kept", ["", "nonsense", "00-0-0-01", FOREIGN + "-x" * 600])
def test_a_damaged_reference_is_no_link(traces, kept):
    with spans.root("a", Kind.CONSUMER, {}, link=kept):
        pass
    (span,) = traces.all()
    assert span.links == ()


def test_commands_are_spans_without_what_they_ask_for(database, traces):
    with MongoClient(os.environ["MONGODB_URI"], event_listeners=[CommandSpans()]) as client:
        things = client["streamsite_spans"]["things"]
        things.insert_one({"_id": "before", "name": "dave"})
        with spans.root("GET search", Kind.SERVER, {}):
            things.find_one({"name": "dave"})
            list(things.find({}, batch_size=1))
            with spans.aside():
                things.count_documents({})
            with pytest.raises(OperationFailure):
                things.aggregate([{"$nonsense": "dave"}])
        client.drop_database("streamsite_spans")
    *commands, request = traces.all()
    assert [span.name for span in commands] == [
        *("find things", "find things", "getMore things", "aggregate things")
    ]
    assert of(commands[-1])["error.type"] == "40324"
    assert of(commands[0]) == {
        "db.system.name": "mongodb",
        "db.operation.name": "find",
        "db.namespace": "streamsite_spans",
        "db.collection.name": "things",
    }
    assert {span.parent.span_id for span in commands} == {request.context.span_id}
    assert "dave" not in traces.text()


def test_the_sampler_of_the_environment_decides(database, settings, monkeypatch, json_lines):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "films")
    settings.OTEL_TRACES = True
    exporter = Refusing()
    provider = tracing.start("web", exporter)
    try:
        assert provider.resource.attributes["service.name"] == "films"
        assert Client().get("/login").status_code == 200
        with spans.root("x", Kind.SERVER, {}):
            assert spans.reference() == ""
            assert spans.begin("y", Kind.CLIENT, {}) is None
        provider.force_flush()
    finally:
        spans.install(None)
        provider.shutdown()
    assert exporter.asked == 0
    assert "trace_id" not in json_lines()[0]


class Refusing(SpanExporter):
    """A collector that takes nothing until it is told to."""

    def __init__(self) -> None:
        self.asked, self.result = 0, SpanExportResult.FAILURE

    def export(self, spans):
        self.asked += 1
        return self.result

    def shutdown(self) -> None:
        """Do nothing."""


def test_a_collector_that_is_away_is_one_line_and_one_when_it_is_back(json_lines):
    exporter = Refusing()
    quiet = tracing.QuietExporter(exporter)
    for result in (SpanExportResult.FAILURE,) * 3 + (SpanExportResult.SUCCESS,) * 2:
        exporter.result = result
        assert quiet.export([]) is result
    assert [(line["level"], line["message"].partition(" (")[0]) for line in json_lines()] == [
        ("WARNING", "traces cannot be delivered"),
        ("INFO", "traces are delivered again"),
    ]


def test_without_variables_there_is_no_middleware(database):
    from django.core.exceptions import MiddlewareNotUsed

    from streamsite.telemetry.middleware import TelemetryMiddleware

    with pytest.raises(MiddlewareNotUsed):
        TelemetryMiddleware(lambda request: None)
