"""A form that was refused keeps what was typed, and only one that was accepted gives up its draft."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pymongo.errors import AutoReconnect

from accounts.tests.images import picture
from streamsite.drafts import COOKIE
from streamsite.rate_limits import WRITES, increment, max_events
from subscriptions.posts import services

PATH = "/@owner/posts"
AGAIN = "Select the file again."
FORM = {"draft": "post:new", "text": "News of the day"}


def test_an_accepted_form_names_its_draft(cast):
    answer = cast.page("owner").post(PATH, FORM)
    assert answer.status_code == 302
    cookie = answer.cookies[COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "post:new",
        "",
        "Lax",
        600,
    )


@pytest.mark.parametrize("subject", ["", "x", "post:new; Path=/x", "post:" + "a" * 100, "post:ä"])
def test_nothing_else_gets_into_the_cookie(cast, subject):
    answer = cast.page("owner").post(PATH, FORM | {"draft": subject})
    assert answer.status_code == 302
    assert COOKIE not in answer.cookies


def test_a_form_with_a_mistake_comes_back_with_its_text_and_asks_for_the_file_again(cast):
    video = {"video": "no address at all"}
    chosen = SimpleUploadedFile("a.png", picture(), "image/png")
    answer = cast.page("owner").post(PATH, FORM | video | {"picture": chosen})
    text = answer.content.decode()
    assert (answer.status_code, COOKIE in answer.cookies) == (400, False)
    assert "News of the day</textarea>" in text
    assert AGAIN in text
    # Where no file was chosen, or the file itself is what is wrong, nothing is said about it.
    assert AGAIN not in cast.page("owner").post(PATH, FORM | video).content.decode()
    bad = SimpleUploadedFile("a.png", b"not a picture", "image/png")
    assert AGAIN not in cast.page("owner").post(PATH, FORM | {"picture": bad}).content.decode()


def test_the_profile_asks_for_its_pictures_again(cast):
    chosen = SimpleUploadedFile("a.png", picture(), "image/png")
    answer = cast.page("owner").post("/settings/profile", {"full_name": "x" * 500, "avatar": chosen})
    assert answer.status_code == 400
    assert answer.content.decode().count(AGAIN) == 1


def _over_limit(cast, monkeypatch):
    increment(WRITES, str(cast.owner.pk), by=max_events(WRITES))
    return cast.page("owner")


def _from_elsewhere(cast, monkeypatch):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    return client


def _outage(cast, monkeypatch):
    def fail(*args, **options):
        raise AutoReconnect("away")

    monkeypatch.setattr(services, "create", fail)
    return cast.page("owner")


@pytest.mark.parametrize(
    ("reason", "status"),
    [(_over_limit, 429), (_from_elsewhere, 403), (_outage, 503)],
    ids=["429", "403", "503"],
)
def test_a_refusal_leaves_the_draft_and_says_where_the_text_is(cast, monkeypatch, reason, status):
    client = reason(cast, monkeypatch)
    chosen = SimpleUploadedFile("a.png", picture(), "image/png")
    answer = client.post(PATH, FORM | {"picture": chosen})
    text = answer.content.decode().lower()
    assert (answer.status_code, COOKIE in answer.cookies) == (status, False)
    assert "go back" in text
    assert "what you typed" in text


def test_an_ended_session_leaves_the_draft(cast):
    answer = cast.page("anonymous").post("/settings/profile", {"draft": "profile:own", "bio": "Typed"})
    assert answer["Location"].startswith("/login")
    assert COOKIE not in answer.cookies
