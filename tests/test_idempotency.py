"""``Idempotency-Key`` on creating POSTs."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from playlists import services
from playlists.models import Playlist
from streamsite.api import idempotency
from subscriptions.models import Post, Webhook
from videos.models import Comment, Upload, Video

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
    """Ends a process in the middle of its work."""


def test_the_key_of_a_killed_process_is_free_once_its_lease_is_over(cast, monkeypatch):
    @contextmanager
    def end_at_once(claim):
        raise Killed
        yield

    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(idempotency, "MAX_WAIT_SECONDS", 0.0)
    api = cast.api("owner")
    with monkeypatch.context() as killing:
        killing.setattr(idempotency._leases, "held", end_at_once)
        with pytest.raises(Killed):
            create(api)
    assert create(api).json()["code"] == "conflict"
    time.sleep(1.1)
    assert create(api).status_code == 201
    assert Playlist.objects.count() == 1


def tus(api, content=b"", **headers):
    sent = {
        "HTTP_TUS_RESUMABLE": "1.0.0",
        "HTTP_UPLOAD_LENGTH": "9",
        "HTTP_UPLOAD_METADATA": "filename Yy5tcDQ=",
    }
    return api.post(
        "/api/v1/uploads", content, content_type="application/offset+octet-stream", **sent, **headers
    )


def creations(cast):
    """By the model that grows: a request that creates, given an API client and headers."""
    video, post = cast.video(), Post.objects.create(channel=cast.owner, text="News")
    said = Comment.objects.create(
        about="video", subject=video.pk, owner=cast.owner, author=cast.member, text="One"
    )

    def sends(path, body):
        return lambda api, **headers: api.post(f"/api/v1/{path}", body, format="json", **headers)

    def send_file(api, **headers):
        data = {"file": SimpleUploadedFile("c.mp4", b"something"), "title": "One"}
        return api.post("/api/v1/videos", data, format="multipart", **headers)

    return [
        (Playlist, sends("playlists", {"title": "A list"})),
        (Comment, sends(f"videos/{video.pk}/comments", {"text": "Two"})),
        (Comment, sends(f"comments/{said.pk}/replies", {"text": "Three"})),
        (Comment, sends(f"posts/{post.pk}/comments", {"text": "Four"})),
        (Post, sends("posts", {"text": "More news"})),
        (Webhook, sends("webhooks", {"url": "https://example.org/", "events": ["video.ready"]})),
        (Video, send_file),
        (Upload, tus),
    ]


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("is_fault", [False, True], ids=["killed", "fault"])
def test_what_was_created_before_the_process_died_is_not_created_again(cast, monkeypatch, number, is_fault):
    """The answer to the repetition is that of the first request, of which only the record was missing."""
    model, send = creations(cast)[number]
    api, key = cast.api("owner"), {"HTTP_IDEMPOTENCY_KEY": "k"}
    before = model.objects.count()
    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=0))
    with monkeypatch.context() as dying:
        dying.setattr(idempotency, "_store_response", die)
        if not is_fault:
            dying.setattr(idempotency, "_give_up", lambda claim, error: None)
        with pytest.raises(Killed):
            send(api, **key)
    assert model.objects.count() == before + 1
    files = {path for path in settings.DATA_DIR.rglob("*") if path.is_file()}
    second, third = send(api, **key), send(api, **key)
    assert second.status_code == third.status_code == 201, second.content
    assert model.objects.count() == before + 1
    assert second["Location"] == third["Location"]
    made = second["Location"].rpartition("/")[2]
    assert model.objects.filter(pk=made).exists()
    assert third["Idempotency-Replayed"] == "true"
    assert {path for path in files if not path.exists()} <= {
        path for path in files if "incoming" in path.parts
    }
    if model is not Upload:
        assert second.json()["id"] == made
        assert set(second.json()) == set(send(api, HTTP_IDEMPOTENCY_KEY="another").json()) - {"secret"}


def test_bytes_that_came_with_a_cut_creation_are_not_sent_again(cast, monkeypatch):
    api, key = cast.api("owner"), {"HTTP_IDEMPOTENCY_KEY": "k"}
    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=0))
    with monkeypatch.context() as dying:
        dying.setattr(idempotency, "_store_response", die)
        with pytest.raises(Killed):
            tus(api, b"some", **key)
    again = tus(api, b"some", **key)
    assert (again.status_code, again["Upload-Offset"]) == (201, "4")
    upload = Upload.objects.get()
    assert again["Location"] == f"/api/v1/uploads/{upload.pk}"
    assert again["X-Video-Id"] == upload.video_id
    assert api.head(again["Location"], HTTP_TUS_RESUMABLE="1.0.0")["Upload-Offset"] == "4"


def test_a_slow_process_and_the_one_that_took_over_create_one(cast, monkeypatch):
    """The first goes on after its lease is over, and finds what the second has created."""
    api, first = cast.api("owner"), cast.api("owner")
    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=0))
    original, answers = services.create_playlist, []

    def create_late(*args, **kwargs):
        monkeypatch.setattr(services, "create_playlist", original)
        answers.append(create(api))
        return original(*args, **kwargs)

    monkeypatch.setattr(services, "create_playlist", create_late)
    late = create(first)
    assert late.status_code == answers[0].status_code == 201
    assert late.json()["id"] == answers[0].json()["id"]
    assert Playlist.objects.count() == 1


def die(*args):
    raise Killed


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
