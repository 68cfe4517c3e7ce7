"""``Idempotency-Key`` on creating POSTs."""

import threading

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from playlists.models import Playlist
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
