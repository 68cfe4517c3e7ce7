"""Accepted bodies, by sender, and the files they leave meanwhile. Bytes on the wire: ``tests/security``."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.client import encode_multipart
from django.urls import get_resolver

from accounts.models import User
from accounts.tests.images import picture
from streamsite.bodies import handlers, middleware, rules
from streamsite.disk import DiskFull
from streamsite.errors import NotSignedIn, TooLarge
from tests.support.http_client import PASSWORD
from videos.models import Video
from videos.uploads.form_files import VideoHandler

LARGE = b"x" * 3_000_000
TOKEN = "a" * 32


@pytest.fixture
def no_disk(settings, tmp_path):
    """Whoever tries to keep a file of a form fails with a 500."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "not-there")


@pytest.fixture
def browser(cast):
    """The owner's browser, whose forms need their CSRF token; and the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    client.cookies["csrftoken"] = TOKEN
    return client


def file(content=LARGE, name="clip.mp4"):
    return SimpleUploadedFile(name, content, "video/mp4")


def left_behind():
    return list(Path(site_settings.FILE_UPLOAD_TEMP_DIR).iterdir())


def test_no_page_keeps_a_file_of_somebody_who_is_not_signed_in(database, no_disk):
    client = Client(enforce_csrf_checks=True, raise_request_exception=True)
    client.cookies["csrftoken"] = TOKEN
    for path in (
        "/login",
        "/register",
        "/upload",
        "/settings/profile",
        "/subscriptions/import",
        "/admin/login/",
    ):
        large = client.post(path, {"csrfmiddlewaretoken": TOKEN, "file": file()})
        assert large.status_code in {401, 403, 413}, path
        small = client.post(path, {"csrfmiddlewaretoken": TOKEN, "file": file(b"small")})
        assert small.status_code in {200, 302, 400, 403}, path


def test_a_page_takes_a_form_and_no_more(cast):
    page = cast.page("owner")
    answer = page.post("/settings/preferences", {"theme": "dark", "x": "x" * 2_600_000})
    assert answer.status_code == 413
    assert "2.5 MB" in answer.content.decode()


@pytest.mark.parametrize("path", ["/login", "/upload", "/api/v1/auth/token", "/api/v1/me/avatar"])
def test_a_body_of_unknown_length_is_refused(cast, path):
    page = cast.page("owner")
    answer = page.post(path, {"a": "b"}, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411
    assert answer["Connection"] == "close"


def test_the_api_says_so_in_json(cast):
    answer = cast.api("owner").generic("POST", "/api/v1/playlists", LARGE, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_upload_form_is_taken_when_its_token_comes_first(browser, cast):
    form = {"csrfmiddlewaretoken": TOKEN, "title": "Mine", "visibility": "private", "file": file()}
    answer = browser.post("/upload", form)
    assert answer.status_code == 302
    assert Video.objects.get().source_size == len(LARGE)
    assert left_behind() == []


@pytest.mark.parametrize(
    "form",
    [
        {"file": file()},
        {"csrfmiddlewaretoken": "b" * 32, "file": file()},
        {"file": file(), "csrfmiddlewaretoken": TOKEN},
        {"title": "x" * 70_000, "csrfmiddlewaretoken": TOKEN, "file": file()},
    ],
    ids=["none", "wrong", "after the file", "far behind"],
)
def test_without_the_token_before_the_file_nothing_is_kept(browser, no_disk, form):
    for sent in form.values():
        if isinstance(sent, SimpleUploadedFile):
            sent.seek(0)
    assert browser.post("/upload", {"visibility": "private", **form}).status_code == 403


def test_a_token_in_a_header_is_enough(browser):
    form = {"visibility": "private", "file": file()}
    assert browser.post("/upload", form, HTTP_X_CSRFTOKEN="b" * 32).status_code == 403
    assert browser.post("/upload", form | {"file": file()}, HTTP_X_CSRFTOKEN=TOKEN).status_code == 302


def test_the_api_wants_the_token_of_a_page_session_in_a_header(browser, no_disk):
    form = {"csrfmiddlewaretoken": TOKEN, "file": file()}
    answer = browser.post("/api/v1/videos", form)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_form_longer_than_the_quota_is_refused_at_its_head(cast, settings, no_disk):
    settings.USER_QUOTA_BYTES = 1_000_000
    answer = cast.api("owner").post("/api/v1/videos", {"file": file()}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    page = cast.page("owner").post("/upload", {"visibility": "private", "file": file()})
    assert page.status_code == 413
    assert "free up space" in page.content.decode()


def test_forms_that_arrive_at_once_count_together(cast, settings):
    settings.USER_QUOTA_BYTES = 5_000_000
    other = handlers.IncomingFile(cast.owner.pk, "other.mp4", "video/mp4", None, None)
    other.write(LARGE)
    other.flush()
    api = cast.api("owner")
    assert api.post("/api/v1/videos", {"file": file()}, format="multipart").status_code == 413
    stranger = cast.api("stranger").post("/api/v1/videos", {"file": file()}, format="multipart")
    assert stranger.status_code == 201
    other.close()
    assert api.post("/api/v1/videos", {"file": file()}, format="multipart").status_code == 201


def growing(user, monkeypatch):
    """Return a handler in the middle of a file, that looks at quota and disk after every thousand bytes."""
    monkeypatch.setattr(handlers, "CHECK_BYTES", 1_000)
    request = RequestFactory().post("/upload")
    request.user = user
    handler = VideoHandler(request)
    handler._until_check = 1_000
    handler.new_file("file", "a.mp4", "video/mp4", None)
    handler.receive_data_chunk(b"x" * 900, 0)
    assert len(left_behind()) == 1
    return handler


def test_a_quota_that_is_lowered_meanwhile_stops_the_file(cast, monkeypatch):
    handler = growing(cast.owner, monkeypatch)
    User.objects.filter(pk=cast.owner.pk).update(quota_bytes=500)
    handler.request.user = User.objects.get(pk=cast.owner.pk)
    with pytest.raises(TooLarge):
        handler.receive_data_chunk(b"x" * 900, 900)
    assert left_behind() == []


def test_a_disk_that_fills_meanwhile_stops_the_file(cast, monkeypatch, settings):
    handler = growing(cast.owner, monkeypatch)
    settings.DISK_WATERMARK_BYTES = 10**18
    with pytest.raises(DiskFull):
        handler.receive_data_chunk(b"x" * 900, 900)
    assert left_behind() == []


def test_no_handler_opens_a_file_for_nobody(cast):
    request = RequestFactory().post("/upload")
    with pytest.raises(NotSignedIn):
        handlers.DiskHandler(request).new_file("file", "a.mp4", "video/mp4", None)
    assert left_behind() == []


def register(**files):
    form = {"username": "with-picture", "email": "a@example.org", "password": PASSWORD, **files}
    return Client().post("/api/v1/auth/register", form)


def test_pictures_of_a_registration_stay_in_memory(database, no_disk):
    padded = picture("JPEG") + b"\0" * 4_000_000
    assert register(avatar=SimpleUploadedFile("a.jpg", padded, "image/jpeg")).status_code == 201


def test_few_large_registrations_are_read_at_a_time(database, no_disk):
    for _ in range(4):
        assert middleware._anonymous.acquire(blocking=False)
    try:
        answer = register(avatar=SimpleUploadedFile("a.jpg", LARGE, "image/jpeg"))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer["Retry-After"]
    finally:
        for _ in range(4):
            middleware._anonymous.release()
    assert register(avatar=SimpleUploadedFile("a.jpg", LARGE, "image/jpeg")).status_code == 400


def test_every_route_with_a_rule_exists():
    named = {
        *rules.IMAGE_FORMS,
        *rules.ANONYMOUS_IMAGE_FORMS,
        *rules.VIDEO_FORMS,
        *rules.RESUMABLE,
        *rules.ARCHIVE_FORMS,
    }
    assert named <= {name for name in get_resolver().reverse_dict if isinstance(name, str)}


@pytest.mark.parametrize("kind", ["application/json", "video/mp4", ""])
def test_only_forms_may_be_large(cast, kind):
    answer = cast.api("owner").generic("POST", "/api/v1/videos", LARGE, kind)
    assert answer.status_code == 413


def test_a_form_by_another_name_is_not_read(cast, no_disk):
    form = encode_multipart("x", {"file": file()})
    answer = cast.api("owner").generic("POST", "/api/v1/videos", form, "multipart/*; boundary=x")
    assert answer.status_code == 415
