"""``Idempotency-Key`` on creating POSTs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from playlists.models import Playlist
from streamsite.api import idempotency
from videos.models import Video

URL = "/api/v1/playlists"


def create(api, title="A list", key="key-1"):
    return api.post(URL, {"title": title}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_a_repeat_gives_the_same_answer_and_creates_nothing(cast):
    api = cast.api("owner")
    first, second = create(api), create(api)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second["Location"] == first["Location"]
    assert second["Idempotency-Replayed"] == "true"
    assert Playlist.objects.count() == 1


def test_another_body_is_422(cast):
    api = cast.api("owner")
    create(api)
    answer = create(api, title="Another")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_keys_belong_to_their_user(cast):
    create(cast.api("owner"))
    assert create(cast.api("stranger")).status_code == 201
    assert Playlist.objects.count() == 2


def test_a_refused_request_may_be_corrected_under_its_key(cast):
    api = cast.api("owner")
    assert create(api, title="").status_code == 400
    assert create(api, title="Good").status_code == 201


def test_a_key_out_of_form_is_400(cast):
    assert create(cast.api("owner"), key="x" * 256).status_code == 400
    assert create(cast.api("owner"), key="a b").status_code == 400


def test_parallel_requests_create_one(cast):
    clients = [cast.api("owner") for _ in range(6)]
    codes = []

    def go(client):
        codes.append(create(client).status_code)
        connections.close_all()

    threads = [threading.Thread(target=go, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) <= {201, 409}
    assert 201 in codes
    assert Playlist.objects.count() == 1


def test_a_repeated_upload_is_one_video(cast):
    api = cast.api("owner")

    def send(content=b"something"):
        data = {"file": SimpleUploadedFile("c.mp4", content), "title": "One"}
        return api.post("/api/v1/videos", data, format="multipart", HTTP_IDEMPOTENCY_KEY="up")

    first, second = send(), send()
    assert first.json()["id"] == second.json()["id"]
    assert Video.objects.count() == 1
    assert send(b"another").status_code == 422


class Killed(BaseException):
    """What ends a process in the middle of its work: nothing of it goes on."""


def test_the_key_of_a_killed_process_is_free_once_its_lease_is_over(cast, monkeypatch):
    @contextmanager
    def die(claim):
        raise Killed
        yield

    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(idempotency, "MAX_WAIT_SECONDS", 0.0)
    api = cast.api("owner")
    with monkeypatch.context() as killing:
        killing.setattr(idempotency._leases, "held", die)
        with pytest.raises(Killed):
            create(api)
    assert create(api).json()["code"] == "conflict"
    time.sleep(1.1)
    assert create(api).status_code == 201
    assert Playlist.objects.count() == 1


def test_a_key_is_kept_as_long_as_its_work_goes_on(cast, monkeypatch):
    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(idempotency, "RENEWAL_SECONDS", 0.1)
    monkeypatch.setattr(idempotency, "_leases", idempotency._Leases())  # none that waits for seconds
    runs, owner = [], cast.owner

    @idempotency.idempotent()
    def work(view, request):
        runs.append(1)
        time.sleep(2.5)
        return Response({"runs": len(runs)}, status=201)

    def ask(_):
        sent = APIRequestFactory().post("/work", {"a": 1}, format="json", HTTP_IDEMPOTENCY_KEY="k")
        request = Request(sent, parsers=[JSONParser()])
        request.user = owner
        try:
            return work(None, request).data
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(ask, range(3))) == [{"runs": 1}] * 3
    assert len(runs) == 1
