"""A MongoDB that is there and says nothing (SIGSTOP): refused within seconds, noticed, restarted, nothing lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure

from streamsite.mongo.engine.server_monitor import MonitoredClient
from streamsite.mongo.engine.transactions import Transaction
from tests.support.http_client import PASSWORD, Body, Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

# The bar is five; a machine that is busy with other tests gets three more.
BAR_SECONDS = 8.0
# After so long without an answer the supervisor restarts MongoDB here.
SILENT_SECONDS = 9


@pytest.fixture(scope="module")
def hanging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A site whose database the tests stop."""
    stack = Stack(tmp_path_factory.mktemp("hanging"), MONGODB_SILENT_SECONDS=str(SILENT_SECONDS))
    stack.start()
    try:
        yield stack
    finally:
        stack.kill()


def asked(
    caller: Caller, method: str, path: str, body: Body = None
) -> tuple[str, float, int, dict[str, str]]:
    begun = time.monotonic()
    status, headers, _ = caller.call(method, path, body)
    return f"{method} {path}", time.monotonic() - begun, status, headers


def until(what: Callable[[], object], seconds: float = 30.0) -> float:
    """Seconds until ``what()`` holds."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds, "it did not come about"
        time.sleep(0.1)
    return time.monotonic() - begun


def test_a_hung_database_is_refused_fast_and_gone_on_with(hanging: Stack) -> None:
    """Reads, writes, sign-ins, pages, API and files are 503 within seconds; a storm of them leaves no thread behind."""
    member, stranger = Caller(hanging).sign_up("member").sign_in_to_pages("member"), Caller(hanging)
    assert member.json("PATCH", "/api/v1/me", {"bio": "Written before."})[0] == 200
    credentials = {"login": "member", "password": PASSWORD}
    calls: list[tuple[Caller, str, str, Body]] = [
        (stranger, "GET", "/", None),
        (member, "GET", "/history", None),
        (stranger, "GET", "/watch/AAAAAAAAAAA", None),
        (stranger, "GET", "/api/v1/videos", None),
        (member, "GET", "/api/v1/me", None),
        (member, "PATCH", "/api/v1/me", {"bio": "Never written."}),
        (stranger, "POST", "/api/v1/auth/token", credentials),
        (stranger, "GET", "/files/AAAAAAAAAAA/poster.jpg", None),
        (stranger, "GET", "/sitemap.xml", None),
    ]
    # In a transaction, which the server begins when it goes on.
    calls.append((member, "PUT", "/api/v1/channels/other/subscription", None))
    Caller(hanging).sign_up("other")
    before = hanging.children("mongod")
    os.kill(before[0], signal.SIGSTOP)
    with ThreadPoolExecutor(40) as pool:
        answers = [future.result() for future in [pool.submit(asked, *call) for call in calls]]
        for what, seconds, status, headers in answers:
            assert (status, seconds < BAR_SECONDS) == (503, True), (what, status, seconds)
            assert int(headers["retry-after"]) > 0, what
        storm = [pool.submit(asked, *calls[number % len(calls)]) for number in range(200)]
        assert asked(stranger, "GET", "/healthz")[2] == 200
        assert {future.result()[2] for future in storm} == {503}
        ready = asked(stranger, "GET", "/readyz")
        assert (ready[2], ready[1] < BAR_SECONDS) == (503, True), ready
    os.kill(before[0], signal.SIGCONT)
    until(lambda: asked(stranger, "GET", "/readyz")[2] == 200)
    assert hanging.children("mongod") == before
    assert member.json("PATCH", "/api/v1/me", {"bio": "Written after."})[0] == 200
    assert member.json("PUT", "/api/v1/channels/other/subscription")[0] == 200


def test_long_operations_are_not_cut_and_short_ones_fail_at_once(hanging: Stack) -> None:
    """Only a server that is silent ends what waits for it: then everything ends, commits and change streams too."""
    with (
        _client(hanging) as client,
        client["streamsite"]["hanging"].watch(max_await_time_ms=2_500) as changes,
    ):
        begun = time.monotonic()
        assert changes.try_next() is None
        assert time.monotonic() - begun > 2.4
        with client.start_session() as session, session.start_transaction():
            client["streamsite"]["hanging"].insert_one({}, session=session)
            with _stopped(hanging, client):
                assert _seconds_to_fail(session.commit_transaction) < BAR_SECONDS
                assert client.pulse.is_away
                assert _seconds_to_fail(lambda: client.admin.command("ping")) < 1.5
                assert _seconds_to_fail(lambda: client.admin.command("ping")) < 0.5
        client["streamsite"]["hanging"].insert_one({"last": True})
        until(lambda: (change := changes.try_next()) is not None and change["fullDocument"].get("last"))


def test_a_transaction_that_was_left_open_holds_nothing(hanging: Stack) -> None:
    """Commands sent to the stopped server are read when it goes on; nobody waits for their locks."""
    with _client(hanging) as client:
        rows = client["streamsite"]["hanging"]
        rows.insert_one({"_id": 1, "n": 0})

        def add(session: ClientSession) -> object:
            return rows.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

        transaction = Transaction(client, retry_seconds=1.0, limit_seconds=None)
        transaction.write(add)
        with _stopped(hanging, client):
            assert _seconds_to_fail(lambda: transaction.write(add)) < BAR_SECONDS
            transaction.close()
        change = {"$inc": {"n": 10}}
        after = rows.find_one_and_update({"_id": 1}, change, return_document=True, maxTimeMS=5_000)
        assert after == {"_id": 1, "n": 10}


def _client(hanging: Stack) -> MonitoredClient:
    uri = (hanging.data_dir / "run" / "mongodb-uri").read_text()
    return MonitoredClient(host=uri, connectTimeoutMS=500, heartbeatFrequencyMS=500, w="majority")


@contextmanager
def _stopped(hanging: Stack, client: MonitoredClient) -> Iterator[None]:
    """Stop the server for the block; after it, wait until the server answers the client."""
    (mongod,) = hanging.children("mongod")
    os.kill(mongod, signal.SIGSTOP)
    time.sleep(0.3)  # a thread of it may still run
    try:
        yield
    finally:
        os.kill(mongod, signal.SIGCONT)
    until(lambda: not client.pulse.is_away)


def _seconds_to_fail(call: Callable[[], object]) -> float:
    begun = time.monotonic()
    with pytest.raises(ConnectionFailure):
        call()
    return time.monotonic() - begun


def test_the_supervisor_restarts_a_hung_database(hanging: Stack) -> None:
    """Acknowledged writes are kept, and web and workers go on by themselves."""
    member = Caller(hanging).sign_in("other")
    assert member.json("PATCH", "/api/v1/me", {"bio": "Acknowledged."})[0] == 200
    workers = hanging.children("run_worker")
    (hung,) = hanging.children("mongod")
    os.kill(hung, signal.SIGSTOP)
    until(lambda: hanging.children("mongod") not in ([hung], []), SILENT_SECONDS + 30)
    until(lambda: asked(member, "GET", "/readyz")[2] == 200)
    until(lambda: member.json("GET", "/api/v1/me")[0] == 200)
    assert member.json("GET", "/api/v1/me")[1]["bio"] == "Acknowledged."
    assert "has not answered for 9 s" in hanging.output()
    assert hanging.children("run_worker") == workers
    mails = len(list((hanging.data_dir / "mail").glob("*")))
    assert member.json("POST", "/api/v1/auth/password/reset", {"email": "other@example.org"})[0] == 202
    until(lambda: len(list((hanging.data_dir / "mail").glob("*"))) > mails)
