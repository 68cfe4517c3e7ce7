"""Without nginx: how many large answers are sent at once, and what becomes of readers that take nothing."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from contextlib import suppress

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from streamsite import download_slots
from streamsite.download_slots import SendLimitMiddleware, SlotPool
from streamsite.early_refusals import LINGER_SECONDS, with_lingering_close
from streamsite.files import WHOLE_BYTES
from streamsite.stalled_connections import StallWatchdog


@pytest.fixture(autouse=True)
def slots(monkeypatch):
    """Room for three answers, two for one address."""
    made = SlotPool(3, 2)
    monkeypatch.setattr(download_slots, "slots", made)
    return made


@pytest.fixture(autouse=True)
def no_database():
    """Closing an answer ends a request, and Django then looks after a connection that these tests do not have."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def ask(rf, address, answer=None):
    """Return the answer to a request for something large."""
    large = answer or StreamingHttpResponse(
        iter([b"x"] * 3), headers={"Content-Length": str(WHOLE_BYTES + 1)}
    )
    return SendLimitMiddleware(lambda request: large)(rf.get("/media/v/x", REMOTE_ADDR=address))


def test_one_address_does_not_take_all_and_others_are_told_to_come_back(rf):
    held = [ask(rf, "192.0.2.1"), ask(rf, "192.0.2.1")]
    refused = ask(rf, "192.0.2.1")
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert json.loads(refused.content)["code"] == "unavailable"
    held.append(ask(rf, "192.0.2.2"))
    assert [answer.status_code for answer in held] == [200] * 3
    assert ask(rf, "192.0.2.3").status_code == 503


@pytest.mark.parametrize("read_to_the_end", [True, False])
def test_a_slot_is_given_back_once_when_the_answer_is_closed(rf, slots, read_to_the_end):
    answer = ask(rf, "192.0.2.1")
    if read_to_the_end:
        assert b"".join(answer.streaming_content) == b"xxx"
    answer.close()
    answer.close()
    assert [slots.take("192.0.2.1") is not None for _ in range(3)] == [True, True, False]


def test_small_answers_are_sent_in_one_piece_and_take_no_slot(rf, tmp_path):
    path = tmp_path / "small.js"
    path.write_bytes(b"y" * 20_000)
    for _ in range(5):
        answer = ask(rf, "192.0.2.1", FileResponse(path.open("rb")))
        assert list(answer.streaming_content) == [b"y" * 20_000]
        answer.close()
    assert ask(rf, "192.0.2.1", HttpResponse(b"z")).content == b"z"


def test_a_reader_that_takes_nothing_is_reset_and_one_that_reads_is_not():
    with socket.create_server(("127.0.0.1", 0)) as server:
        stalled, reading = (socket.create_connection(server.getsockname()) for _ in range(2))
        ours = [server.accept()[0] for _ in range(2)]
        done = threading.Event()
        threads = [threading.Thread(target=fill, args=(connection, done)) for connection in ours]
        threads.append(threading.Thread(target=drain, args=(reading, done)))
        for thread in threads:
            thread.start()
        watch, ended, deadline = StallWatchdog(0.5), 0, time.monotonic() + 20
        try:
            while not ended:
                assert time.monotonic() < deadline
                time.sleep(0.1)
                ended = watch.look()
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert ended == 1
        with suppress(BrokenPipeError):
            ours[0].close()
        with pytest.raises(ConnectionResetError):
            while stalled.recv(65_536):
                pass
        for connection in (*ours, stalled, reading):
            connection.close()


def fill(connection: socket.socket, done: threading.Event) -> None:
    """Send until the other side is gone."""
    connection.settimeout(0.2)
    while not done.is_set():
        try:
            connection.send(b"x" * 65_536)
        except TimeoutError:
            continue
        except OSError:
            return


def drain(connection: socket.socket, done: threading.Event) -> None:
    """Read a little at a time."""
    while not done.is_set():
        connection.recv(65_536)
        time.sleep(0.01)


def served(environ, read):
    """Let the application read ``read`` bytes; return what the server is told, and the answer's seconds."""
    told = []

    def application(environ, start_response):
        environ["wsgi.input"].read(read)
        start_response("413 Payload Too Large", [("Content-Length", "2"), ("X-Kept", "1")])
        return [b"no"]

    began = time.monotonic()
    answer = with_lingering_close(application)(environ, lambda *given: told.append(given))
    assert b"".join(answer) == b"no"
    return dict(told[0][1]), time.monotonic() - began


@pytest.mark.parametrize(
    ("sent", "read", "waits"), [(200_000, 10, True), (200_000, 200_000, False), (1_000, 0, False)]
)
def test_an_answer_waits_for_the_other_side_only_when_much_was_not_read(sent, read, waits):
    environ = {"CONTENT_LENGTH": str(sent), "wsgi.input": io.BytesIO(b"x" * sent)}
    headers, taken = served(environ, read)
    assert headers.get("Content-Length") == (None if waits else "2")
    assert headers["X-Kept"] == "1"
    assert (taken >= LINGER_SECONDS) == waits
