"""Numbers of requests and of commands: by names of this code, however odd what was asked for."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from streamsite.download_slots import SendLimitMiddleware
from streamsite.files import WHOLE_BYTES
from streamsite.logs import JsonFormatter
from streamsite.metrics import commands, instruments
from streamsite.metrics.instruments import OTHER, REGISTRY, BoundedLabels
from streamsite.metrics.requests import count_request
from tests.test_logs import _routes


def counted(route, status, method="GET"):
    return (
        REGISTRY.get_sample_value(
            "streamsite_http_requests_total", {"route": route, "status": status, "method": method}
        )
        or 0
    )


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("get", "/", "home", "2xx"),
        ("get", "/watch/AAAAAAAAAAA", "watch", "4xx"),
        ("get", "/no-such-page-here", "unmatched", "4xx"),
        ("get", "/api/v1/videos", "api-videos", "2xx"),
        ("post", "/api/v1/videos", "api-videos", "4xx"),
        ("get", "/api/v1/nothing/at-all", "^api/.", "4xx"),
        ("get", "/admin/accounts/user/", "admin", "3xx"),
        ("get", "/static/no-such-file.css", "static", "4xx"),
        ("get", "/media/v/s3cret/AAAAAAAAAAA/gen/master.m3u8", "media", "4xx"),
    ],
)
def test_a_request_is_counted_by_its_route(cast, method, path, route, status):
    before = counted(route, status, method.upper())
    getattr(cast.page("anonymous"), method)(path)
    assert counted(route, status, method.upper()) == before + 1


def test_its_time_is_counted_as_well(cast, scrape):
    cast.page("anonymous").get("/login")
    found = scrape()
    requests = found.value("streamsite_http_requests_total", route="login", method="GET", status="2xx")
    times = found.value("streamsite_http_request_duration_seconds_count", route="login", status="2xx")
    assert times == requests >= 1
    assert (
        found.value("streamsite_http_request_duration_seconds_bucket", route="login", status="2xx", le="+Inf")
        == times
    )


def test_faults_are_counted(cast, settings):
    settings.ROOT_URLCONF = "tests.faulty_urls"
    before = sum_of("5xx")
    for kind in ("bug", "outage"):
        Client(raise_request_exception=False).get(f"/fail/{kind}")
    assert sum_of("5xx") == before + 2


def sum_of(status):
    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    return sum(
        sample.value
        for sample in samples
        if sample.name == "streamsite_http_requests_total" and sample.labels["status"] == status
    )


def test_probes_and_scrapes_are_not_counted(cast, scrape):
    before = sum_of("2xx")
    cast.page("anonymous").get("/healthz")
    scrape()
    assert sum_of("2xx") == before


def test_labels_are_names_of_this_code(cast, scrape):
    """What callers choose is never a label: 200 addresses, methods, and hosts make no series of their own."""
    visitor = cast.page("anonymous")
    for number in range(20):
        visitor.get(f"/watch/never{number:06}?q={number}")
        visitor.get(f"/secret-{number}")
        visitor.generic(f"BREW{number}", "/")
        visitor.get("/", HTTP_HOST=f"host{number}.example")
    found = scrape()
    known = {pattern.name or str(pattern.pattern) for pattern in _patterns(get_resolver())}
    known |= set(_routes(get_resolver())) | {"admin", "static", "unmatched", OTHER}
    others = {name for name in found.label_values("route") if "fail/" in name}  # of tests of other routes
    assert found.label_values("route") - others <= known
    assert found.label_values("method") <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER}
    for odd in ("never0", "secret-", "BREW", "host1", cast.owner.pk, cast.owner.username):
        assert odd not in found.text


def _patterns(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry)
        else:
            yield entry


def test_too_many_labels_share_one():
    bounded = BoundedLabels(instruments.UPLOADS, 2)
    one, other = bounded.find("test-1"), bounded.find("test-2")
    assert one is bounded.find("test-1") is not other
    assert bounded.find("test-3") is bounded.find("test-4") is instruments.UPLOADS.labels(OTHER)


# --- media ----------------------------------------------------------------------------------------


def media(name, delivery="site"):
    return REGISTRY.get_sample_value(name, {"delivery": delivery}) or 0


def test_pieces_that_a_reader_takes_are_counted_while_it_reads(database):
    pieces = [b"x" * WHOLE_BYTES, b"y" * WHOLE_BYTES]
    request = RequestFactory().get("/media/v/a/b/c/file.m4s")
    response = SendLimitMiddleware(lambda _: StreamingHttpResponse(iter(pieces)))(request)
    bytes_before = media("streamsite_media_sent_bytes_total")
    readers = media("streamsite_media_readers")
    reading = iter(response)
    next(reading), next(reading)
    assert media("streamsite_media_sent_bytes_total") == bytes_before + WHOLE_BYTES
    response.close()
    assert media("streamsite_media_readers") == readers - 1
    response.close()
    assert media("streamsite_media_readers") == readers - 1


def test_other_streams_are_no_media(database):
    response = SendLimitMiddleware(lambda _: StreamingHttpResponse(iter([b"x" * WHOLE_BYTES] * 2)))(
        RequestFactory().get("/studio/export.csv")
    )
    before = media("streamsite_media_sent_bytes_total"), media("streamsite_media_readers")
    assert len(b"".join(response)) == 2 * WHOLE_BYTES
    response.close()
    assert (media("streamsite_media_sent_bytes_total"), media("streamsite_media_readers")) == before


# --- commands of MongoDB --------------------------------------------------------------------------


@pytest.fixture
def timed(database, settings):
    """A collection behind a client whose commands are timed, and the lines about slow ones."""
    settings.SLOW_COMMAND_MS = 50
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("streamsite.mongodb")
    logger.addHandler(handler)
    with MongoClient(settings.MONGODB_URI, event_listeners=[commands.CommandTimes("web")]) as client:
        rows = client[settings.DATABASES["default"]["NAME"]]["test_timed"]
        yield rows, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
        rows.drop()
    logger.removeHandler(handler)


def times(command, name="count", collection="test_timed"):
    labels = {"process": "web", "collection": collection, "command": command}
    return REGISTRY.get_sample_value(f"streamsite_mongodb_command_duration_seconds_{name}", labels) or 0


def test_commands_are_timed_by_collection(timed):
    rows, _ = timed
    before = times("find"), times("getMore")
    rows.insert_many({"n": number} for number in range(10))
    assert len(list(rows.find({}, batch_size=4))) == 10
    assert times("insert") >= 1
    assert times("find") == before[0] + 1
    assert times("getMore") >= before[1] + 2
    assert 0 < times("find", "sum") < 10


def test_commands_on_no_collection_have_a_dash(timed):
    rows, _ = timed
    before = times("ping", collection="-")
    rows.database.client.admin.command("ping")
    assert times("ping", collection="-") == before + 1


def failures(command):
    labels = {"process": "web", "collection": "test_timed", "command": command}
    return REGISTRY.get_sample_value("streamsite_mongodb_command_failures_total", labels) or 0


def test_refused_commands_are_counted_apart(timed):
    rows, _ = timed
    before = failures("find"), times("find")
    with pytest.raises(OperationFailure):
        list(rows.find({"$nonsense": "s3cret"}))
    assert (failures("find"), times("find")) == (before[0] + 1, before[1])


def test_slow_commands_are_named_without_values(timed):
    rows, lines = timed
    rows.insert_one({"name": "s3cret-value"})
    assert lines() == []
    list(rows.aggregate(_slow_pipeline()))
    (line,) = lines()
    assert (line["collection"], line["command"]) == ("test_timed", "aggregate")
    assert line["duration_ms"] >= 50
    assert line["level"] == "WARNING"
    assert "s3cret" not in json.dumps(line)


def _slow_pipeline():
    """A pipeline that computes for well over 50 ms, whatever the machine."""
    numbers = {"$range": [0, 3_000]}
    each = {"$reduce": {"input": numbers, "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}}
    return [
        {"$match": {"name": "s3cret-value"}},
        {"$project": {"all": {"$map": {"input": {"$range": [0, 600]}, "in": each}}}},
        {"$project": {"sum": {"$sum": "$all"}}},
    ]


# --- uploads --------------------------------------------------------------------------------------


def uploaded(kind):
    names = ("streamsite_uploads_total", "streamsite_upload_bytes_total")
    return [REGISTRY.get_sample_value(name, {"kind": kind}) or 0 for name in names]


def test_resumable_uploads_are_counted_with_the_bytes_of_unfinished_ones(cast):
    before = uploaded("resumable")
    api, sent = cast.api("owner"), {"HTTP_TUS_RESUMABLE": "1.0.0"}
    made = api.post("/api/v1/uploads", **sent, HTTP_UPLOAD_LENGTH="10")
    assert made.status_code == 201
    for offset in (0, 4):
        assert uploaded("resumable") == [before[0], before[1] + offset]
        body = b"x" * (4 if offset == 0 else 6)
        answer = api.generic(
            "PATCH",
            made["Location"],
            body,
            "application/offset+octet-stream",
            **sent,
            HTTP_UPLOAD_OFFSET=str(offset),
        )
        assert answer.status_code == 204
    assert uploaded("resumable") == [before[0] + 1, before[1] + 10]


def test_whole_uploads_are_counted(cast):
    before = uploaded("whole")
    file = SimpleUploadedFile("film.mp4", b"x" * 7, "video/mp4")
    answer = cast.api("owner").post("/api/v1/videos", {"file": file}, format="multipart")
    assert answer.status_code in {201, 202}
    assert uploaded("whole") == [before[0] + 1, before[1] + 7]


@pytest.mark.parametrize(
    ("answer", "delivery", "size"),
    [
        (HttpResponse(b"12345"), "site", 5),
        (HttpResponse(b"12345", status=206), "site", 5),
        (HttpResponse(headers={"X-Accel-Redirect": "/internal/x"}), "front", 0),
        (HttpResponse(status=302), "bucket", 0),
        (HttpResponse(b"12345", status=404), "", 0),
        (HttpResponse(status=304), "", 0),
    ],
)
def test_media_are_counted_by_who_sends_them(answer, delivery, size):
    def counts():
        return {name: media("streamsite_media_responses_total", name) for name in ("site", "front", "bucket")}

    before, bytes_before = counts(), media("streamsite_media_sent_bytes_total")
    count_request(RequestFactory().get("/media/v/a/b/c/0.m4s"), answer, 0.01)
    assert {name for name, count in counts().items() if count > before[name]} == ({delivery} - {""})
    assert media("streamsite_media_sent_bytes_total") == bytes_before + size
