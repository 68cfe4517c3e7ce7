"""A running site whose database, bucket and mail server are behind proxies that cut, black-hole, delay and reset.

What does not need the partner goes on, what does ends within seconds as 503, and everything is back when the partner
is, without a restart. The broker's are in ``tests/tasks/celery/test_silent_broker.py``, figures in
``docs/benchmarks.md``.
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from tests.support.flaky_proxy import FlakyProxy, Mode
from tests.support.http_client import Caller
from tests.support.s3 import S3Server
from tests.support.smtp import MailServer
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

DATABASE = "partners"
# Nothing takes so long but a thread that waits for a partner without end: generous, because machines are shared.
PROMPT, BOUNDED = 5.0, 20.0
STORM = 60


def until(condition, seconds=40):
    """Wait until ``condition`` is true; return what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    server = S3Server(tmp_path_factory.mktemp("s3") / "log")
    server.start()
    proxy = FlakyProxy(server.port)
    yield proxy, server
    proxy.stop()
    server.stop()


@pytest.fixture(scope="module")
def mail():
    server = MailServer()
    proxy = FlakyProxy(server.port)
    yield proxy, server
    proxy.stop()
    server.stop()


@pytest.fixture(scope="module")
def mongo():
    uri = urlsplit(os.environ["MONGODB_URI"])
    proxy = FlakyProxy(uri.port)
    login = uri.netloc.rpartition("@")[0]
    # Without discovery, which would lead past the proxy.
    yield proxy, f"mongodb://{login}@127.0.0.1:{proxy.port}/?authSource=admin&directConnection=true"
    proxy.mode = Mode.PASS
    proxy.stop()
    with MongoClient(os.environ["MONGODB_URI"]) as client:
        client.drop_database(DATABASE)


@pytest.fixture(scope="module")
def partnered_site(tmp_path_factory, bucket, mail, mongo):
    """One site, all of its partners behind proxies."""
    settings = bucket[1].environment | {
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{bucket[0].port}",
        "EMAIL_HOST": "127.0.0.1",
        "REQUIRE_VERIFIED_EMAIL": "0",
        "EMAIL_PORT": str(mail[0].port),
        "EMAIL_TIMEOUT": "20",  # longer than a publication may be late
        "MONGODB_URI": mongo[1],
        "MONGODB_NAME": DATABASE,
    }
    stack = Stack(tmp_path_factory.mktemp("partnered-site"), **settings)
    stack.start()
    try:
        yield stack
    finally:
        for proxy, _ in (bucket, mail, mongo):
            proxy.mode = Mode.PASS
        stack.kill()


@pytest.fixture(scope="module")
def owner(partnered_site):
    return Caller(partnered_site).sign_up("partners-owner")


@pytest.fixture(scope="module")
def film(partnered_site, owner, clip):
    """A public video that is served from the bucket."""
    video_id = owner.upload(clip, title="Behind proxies", visibility="public")
    video = owner.wait(video_id, "ready")
    until(lambda: "files are served from the bucket" in partnered_site.output())
    return video


@pytest.fixture
def anonymous(partnered_site):
    return Caller(partnered_site)


def timed(caller, path):
    """Status, headers and seconds of one request."""
    begun = time.monotonic()
    status, headers, _ = caller.call("GET", path)
    return status, headers, time.monotonic() - begun


def unknown(film, number):
    """Return the address of a file that the bucket has to be asked about."""
    return film["hls_url"].replace("master.m3u8", f"nothing-{number}.webp")


def storm(site, paths):
    """Ask for all at once, each in a thread: what ``timed`` says of each."""
    answers = []
    threads = [
        threading.Thread(target=lambda path=path: answers.append(timed(Caller(site), path))) for path in paths
    ]
    for thread in threads:
        thread.start()
    return threads, answers


def test_a_bucket_that_cuts_resets_or_trickles_is_503_and_one_that_is_slow_is_waited_for(
    bucket, anonymous, film
):
    proxy, _ = bucket
    for number, mode in enumerate((Mode.CUT, Mode.RESET, Mode.TRICKLE)):
        proxy.mode = mode
        status, headers, seconds = timed(anonymous, unknown(film, f"{mode.value}"))
        assert (status, headers["retry-after"]) == (503, "5"), mode
        assert seconds < BOUNDED
        proxy.mode = Mode.DELAY if number == 0 else Mode.PASS
        assert timed(anonymous, unknown(film, f"after-{mode.value}"))[0] == 404, mode
    proxy.mode = Mode.PASS


def test_a_silent_bucket_holds_up_nobody_else(bucket, partnered_site, anonymous, film):
    proxy, _ = bucket
    proxy.mode = Mode.SILENT
    accepted = proxy.accepted
    waiting, answers = storm(partnered_site, [unknown(film, number) for number in range(STORM)])
    others = []
    while any(thread.is_alive() for thread in waiting):
        for path in (f"/api/v1/videos/{film['id']}", f"/watch/{film['id']}"):
            others.append(timed(anonymous, path))
    assert {status for status, _, _ in others} == {200}
    assert max(seconds for _, _, seconds in others) < PROMPT
    assert {status for status, _, _ in answers} == {503}
    assert all(int(headers["retry-after"]) >= 1 for _, headers, _ in answers)
    assert max(seconds for _, _, seconds in answers) < BOUNDED
    assert proxy.accepted - accepted <= 2 * 16 + 8  # of two processes; and of the worker
    # From here on nobody waits, and the site says why.
    until(lambda: "unavailable" in anonymous.json("GET", "/readyz")[1]["partners"].values())
    assert anonymous.call("GET", "/readyz")[0] == 200
    proxy.mode = Mode.PASS
    until(lambda: all(timed(anonymous, unknown(film, f"back-{number}"))[0] == 404 for number in range(8)))
    assert "bucket: answers again after" in partnered_site.output()


def test_a_silent_mail_server_delays_no_publication_and_loses_no_mail(
    mail, owner, anonymous, film, partnered_site
):
    proxy, server = mail
    until(lambda: server.to("partners-owner@example.org"))
    proxy.mode = Mode.SILENT
    accepted = proxy.accepted
    Caller(partnered_site).sign_up("partners-late")
    until(lambda: proxy.accepted > accepted)
    at = datetime.now(UTC) + timedelta(seconds=2)
    changes = {"visibility": "private", "publish_at": at.isoformat()}
    status, answer = owner.json("PATCH", f"/api/v1/videos/{film['id']}", changes)
    assert status == 200, answer
    until(lambda: anonymous.call("GET", f"/api/v1/videos/{film['id']}")[0] == 200, seconds=10)
    assert server.to("partners-late@example.org") == []
    proxy.mode = Mode.PASS
    until(lambda: server.to("partners-late@example.org"))


def test_without_the_database_everything_that_needs_it_is_503_and_comes_back(
    mongo, mail, partnered_site, anonymous, film
):
    proxy, _ = mongo
    proxy.mode = Mode.SILENT
    path = f"/api/v1/videos/{film['id']}"
    try:
        begun = time.monotonic()
        waiting, answers = storm(partnered_site, [path] * 4)
        status, _, seconds = timed(anonymous, "/healthz")
        assert (status, seconds < PROMPT) == (200, True)
        for thread in waiting:
            thread.join()
        assert {status for status, _, _ in answers} == {503}
        assert time.monotonic() - begun < 2 * BOUNDED
    finally:
        proxy.mode = Mode.PASS
    until(lambda: anonymous.call("GET", path)[0] == 200)
    Caller(partnered_site).sign_up("partners-after")
    until(lambda: mail[1].to("partners-after@example.org"))
