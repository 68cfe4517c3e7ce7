"""Writes on pages: counted by the counters of the API, refused in plain words, and what was typed is given back."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuthEvent
from streamsite import rate_limits
from streamsite.errors import Throttled
from streamsite.mongo.collections import collection
from streamsite.rate_limits import LOGIN_PER_ADDRESS, LOGIN_PER_USER, UPLOAD, WRITES, increment, max_events
from tests.support.http_client import PASSWORD

PREFERENCES = "/settings/preferences"


def use_up(limit, who):
    increment(limit, str(who), by=max_events(limit))


def test_every_page_counts_with_the_api(cast):
    page, api = cast.page("owner"), cast.api("owner")

    def counted():
        before = increment(WRITES, cast.owner.pk)[0]
        page.post(PREFERENCES, {"theme": "dark"})
        page.post("/history/clear")
        api.post("/api/v1/playlists", {"title": "x"}, format="json")
        page.get(PREFERENCES)
        return increment(WRITES, cast.owner.pk)[0] - before

    # Where a minute ends in between, its counter ends with it; so once more.
    count = counted()
    assert count == 4 or counted() == 4
    use_up(WRITES, cast.owner.pk)
    assert page.post("/history/clear").status_code == 429
    assert api.post("/api/v1/playlists", {"title": "x"}, format="json").status_code == 429
    assert cast.page("stranger").post("/history/clear").status_code == 302


def test_visitors_are_counted_by_address(database):
    use_up(WRITES, "127.0.0.1")
    answer = Client().post("/login", {"login": "a", "password": "b"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert Client(REMOTE_ADDR="127.0.0.2").post("/login", {"login": "a", "password": "b"}).status_code != 429


def test_the_upload_page_counts_as_an_upload(cast):
    use_up(WRITES, cast.owner.pk)
    assert cast.page("owner").post("/upload", {"title": "x"}).status_code == 400
    use_up(UPLOAD, cast.owner.pk)
    assert cast.page("owner").post("/upload", {}).status_code == 429


def test_the_administration_has_a_limit_of_its_own(cast):
    use_up(WRITES, cast.staff.pk)
    page = cast.page("staff")
    assert page.post("/admin/accounts/user/", {"action": ""}).status_code != 429
    use_up(rate_limits.ADMIN_WRITES, cast.staff.pk)
    assert page.post("/admin/accounts/user/", {"action": ""}).status_code == 429


@pytest.fixture
def tired(cast):
    """Return the owner's client after all writes of the minute are used up."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    client.cookies["csrftoken"] = "a" * 32
    use_up(WRITES, cast.owner.pk)
    return client


def send(client, path, data, token="a" * 32):
    from urllib.parse import urlencode

    form = urlencode({"csrfmiddlewaretoken": token, **data})
    return client.post(path, form, content_type="application/x-www-form-urlencoded")


def test_a_refused_form_returns_its_fields(tired):
    answer = send(tired, "/watch/AAAAAAAAAAA/comments?sort=new", {"text": 'A long "comment" <b>'})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 'name="text" value="A long &quot;comment&quot; &lt;b&gt;"' in page
    assert 'action="/watch/AAAAAAAAAAA/comments?sort=new"' in page
    assert "Try again in" in page


def test_nothing_is_given_back_to_other_sites_and_no_secret_ever(tired):
    assert 'value="typed"' not in send(tired, "/history/clear", {"text": "typed"}, "b" * 32).content.decode()
    secret = {"current_password": "typed", "text": "typed"}
    assert 'value="typed"' not in send(tired, "/settings/delete", secret).content.decode()
    anonymous = Client()
    use_up(WRITES, "127.0.0.1")
    assert 'value="typed"' not in send(anonymous, "/login", {"login": "typed"}).content.decode()


@pytest.mark.parametrize("is_page", [False, True])
def test_refused_sign_ins_are_noted_once_per_window(cast, is_page):
    login = {"login": cast.owner.username, "password": "not it at all"}
    use_up(LOGIN_PER_USER, f"{cast.owner.username}|127.0.0.1")
    for _ in range(5):
        answer = (
            Client().post("/login", login)
            if is_page
            else cast.api("anonymous").post("/api/v1/auth/token", login, format="json")
        )
        assert answer.status_code == 429
    assert AuthEvent.objects.filter(result="throttled").count() == 1
    use_up(LOGIN_PER_ADDRESS, "127.0.0.1")
    for name in ("a", "b", "c"):
        Client().post("/login", {"login": name, "password": "x"})
    assert AuthEvent.objects.filter(result="throttled").count() == 2


def test_the_first_refusal_of_a_window_is_known(database):
    limit = rate_limits.Limit("test", 1, 3600)
    use_up(limit, "a")
    first = []
    for _ in range(3):
        with pytest.raises(Throttled) as refusal:
            rate_limits.enforce(limit, "a")
        first.append(refusal.value.is_first)
    assert first == [True, False, False]


def test_right_passwords_are_limited_too(cast):
    """Each sign-in leaves a session and an audit row, so nobody may make them without end."""
    cast.owner  # noqa: B018 - signs in nowhere before the limit is used up
    use_up(rate_limits.SIGN_INS, cast.owner.pk)
    login = {"login": cast.owner.username, "password": PASSWORD}
    assert cast.api("anonymous").post("/api/v1/auth/token", login, format="json").status_code == 429
    page = Client()
    assert page.post("/login", login).status_code == 429
    assert page.get("/settings/profile").status_code == 302
    assert collection("auth_session").count_documents({}) == 0
