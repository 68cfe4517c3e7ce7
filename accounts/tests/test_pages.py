"""Account pages: register, sign in and out, settings, and one session for pages and API."""

import pytest
from django.test import Client

from accounts import sessions
from accounts.models import User
from accounts.web_sessions import SESSION_KEY
from tests.support.users import PASSWORD


@pytest.fixture
def browser(database):
    return Client()


def test_registering_signs_in_and_greets(browser):
    form = {
        "username": "newbie",
        "email": "n@example.org",
        "full_name": "New <b>Bie</b>",
        "password": PASSWORD,
    }
    answer = browser.post("/register", form, follow=True)
    assert answer.status_code == 200
    assert answer.wsgi_request.user.username == "newbie"
    assert "New &lt;b&gt;Bie&lt;/b&gt;" in answer.content.decode()


def test_register_shows_the_problems_beside_the_fields(browser):
    answer = browser.post("/register", {"username": "admin", "email": "x", "password": "short"})
    assert answer.status_code == 400
    assert {"username", "email", "password"} >= set(answer.context["form"].errors) != set()
    assert not User.objects.exists()


def test_log_in_goes_where_one_wanted_to_go_but_never_elsewhere(browser, cast):
    cast.owner  # noqa: B018 - makes the account
    form = {"login": "owner", "password": PASSWORD}
    assert browser.post("/login", form | {"next": "/library"}).url == "/library"
    browser.post("/logout")
    assert browser.post("/login", form | {"next": "https://evil.example/"}).url == "/"


def test_a_wrong_password_is_said_on_the_page(browser, cast):
    cast.owner  # noqa: B018
    answer = browser.post("/login", {"login": "owner", "password": "wrong wrong"})
    assert answer.status_code == 401
    assert "Incorrect username or password." in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/upload", "/library", "/feed", "/subscriptions", "/studio", "/studio/videos", "/settings/profile"],
)
def test_pages_of_ones_own_ask_to_log_in(browser, path):
    answer = browser.get(path)
    assert (answer.status_code, answer.url) == (302, f"/login?next={path}")


def test_revoking_the_session_ends_the_page(cast):
    page = cast.page("owner")
    assert page.get("/library").status_code == 200
    sessions.revoke(page.session[SESSION_KEY], cast.owner.pk, "test")
    assert page.get("/library").status_code == 302


def test_logging_out_needs_post_and_ends_the_session(cast):
    page = cast.page("owner")
    session_id = page.session[SESSION_KEY]
    asked = page.get("/logout")
    assert (asked.status_code, "no-store" in asked["Cache-Control"]) == (200, True)
    assert b'action="/logout"' in asked.content
    assert page.get("/settings/profile").status_code == 200
    page.post("/logout")
    assert page.get("/library").status_code == 302
    assert sessions.user_id_for_session(session_id) is None


def test_forms_without_the_csrf_token_are_refused(cast):
    page = Client(enforce_csrf_checks=True)
    answer = page.post("/login", {"login": "owner", "password": PASSWORD})
    assert answer.status_code == 403


def test_the_profile_can_be_changed_and_is_cleaned(cast):
    page = cast.page("owner")
    form = {"full_name": " Ann\u202e Other ", "bio": "Line\r\nTwo"}
    assert page.post("/settings/profile", form).status_code == 302
    user = User.objects.get(pk=cast.owner.pk)
    assert (user.full_name, user.bio) == ("Ann Other", "Line\nTwo")


def test_settings_list_the_devices(cast):
    answer = cast.page("owner").get("/settings/sessions")
    assert answer.status_code == 200
    assert len(answer.context["sessions"]) == 1
