"""``/auth/password``: change, and reset by email."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connections
from rest_framework.test import APIClient

from accounts import email_tokens, sessions
from accounts.models import ApiToken, AuthEvent, User
from tests.support.mailbox import deliver, token_in
from tests.support.users import PASSWORD

CHANGE, RESET, CONFIRM = (f"/api/v1/auth/password/{name}" for name in ("change", "reset", "reset/confirm"))
NEW = "another battery staple"


def sign_in(password=PASSWORD, **fields):
    client = APIClient()
    answer = client.post(
        "/api/v1/auth/token", {"login": "owner", "password": password, **fields}, format="json"
    )
    if answer.status_code == 200:
        client.credentials(
            HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}", HTTP_X_REQUESTED_WITH="test"
        )
    client.answer = answer
    return client


def change(client, current=PASSWORD, new=NEW):
    return client.post(CHANGE, {"current_password": current, "new_password": new}, format="json")


def confirm(token, password=NEW):
    return APIClient().post(CONFIRM, {"token": token, "new_password": password}, format="json")


@pytest.fixture
def reset_token(cast):
    cast.owner  # noqa: B018 - makes the account
    assert APIClient().post(RESET, {"email": "owner@example.org"}, format="json").status_code == 202
    (message,) = deliver()
    return token_in(message)


def test_a_change_ends_every_other_session_and_renews_this_one(cast):
    cast.owner  # noqa: B018
    here, there = sign_in(), sign_in()
    old_cookie = here.cookies["refresh"].value
    answer = change(here)
    assert answer.status_code == 200
    assert {"access", "session_id", "expires_in", "token_type"} <= set(answer.json())
    assert here.cookies["refresh"].value != old_cookie
    assert here.post("/api/v1/auth/token/refresh").status_code == 200
    assert there.post("/api/v1/auth/token/refresh").json()["code"] == "session_revoked"
    sessions.clear_cache()
    assert there.get("/api/v1/me").json()["code"] == "session_revoked"
    assert here.get("/api/v1/me").status_code == 200
    assert sign_in().answer.status_code == 401
    assert sign_in(NEW).answer.status_code == 200
    assert [message.to for message in deliver()] == [["owner@example.org"]]


def test_the_token_from_before_the_change_has_no_grace(cast):
    cast.owner  # noqa: B018
    here = sign_in()
    stolen = here.cookies["refresh"].value
    change(here)
    thief = APIClient(HTTP_X_REQUESTED_WITH="test")
    thief.cookies["refresh"] = stolen
    assert thief.post("/api/v1/auth/token/refresh").json()["code"] == "refresh_reused"


def test_a_native_client_gets_its_new_token_in_the_body(cast):
    cast.owner  # noqa: B018
    here = sign_in(client="native")
    answer = change(here)
    refreshed = APIClient().post(
        "/api/v1/auth/token/refresh", {"refresh": answer.json()["refresh"]}, format="json"
    )
    assert refreshed.status_code == 200


def test_a_page_outlives_its_own_change(cast):
    page, other = cast.page("owner"), cast.page("owner")
    form = {"current_password": PASSWORD, "new_password": NEW}
    assert page.post("/settings/security/password", form).status_code == 302
    assert page.get("/settings/security").status_code == 200
    sessions.clear_cache()
    assert other.get("/settings/security").status_code == 302


def test_a_wrong_password_is_400_and_ends_nothing(cast):
    cast.owner  # noqa: B018
    here, there = sign_in(), sign_in()
    answer = change(here, current="not my password")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")
    assert there.get("/api/v1/me").status_code == 200
    assert AuthEvent.objects.filter(what="password_changed", result="wrong_password").count() == 1


def test_guessing_the_current_password_is_throttled(cast, settings):
    settings.THROTTLE_SCALE = 1
    cast.owner  # noqa: B018
    here = sign_in()
    codes = [change(here, current=f"wrong password {n}").status_code for n in range(11)]
    assert codes == [400] * 10 + [429]
    assert change(here).status_code == 429


@pytest.mark.parametrize("weak", ["short", "password1234", "owner", PASSWORD])
def test_a_weak_or_the_same_password_is_refused_by_field(cast, weak):
    cast.owner  # noqa: B018
    answer = change(sign_in(), new=weak)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["new_password"]


def test_two_parallel_changes_are_one(cast):
    cast.owner  # noqa: B018
    clients = [sign_in(), sign_in()]
    answers = []

    def go(client, number):
        answers.append(change(client, new=f"{NEW} {number}").status_code)
        connections.close_all()

    threads = [threading.Thread(target=go, args=(client, number)) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(200) == 1, answers
    assert set(answers) <= {200, 400, 401, 409}


def test_the_answer_to_a_reset_is_the_same_for_everybody(cast):
    cast.owner  # noqa: B018
    known = APIClient().post(RESET, {"email": "OWNER@example.org"}, format="json")
    unknown = APIClient().post(RESET, {"email": "nobody@example.org"}, format="json")
    nonsense = APIClient().post(RESET, {"email": "no address"}, format="json")
    assert [answer.status_code for answer in (known, unknown, nonsense)] == [202] * 3
    assert known.content == unknown.content == nonsense.content
    assert [message.to for message in deliver()] == [["owner@example.org"]]


def test_a_change_ends_api_tokens(cast):
    here = sign_in(login=cast.owner.username)
    made = here.post("/api/v1/auth/api-tokens", {"name": "script", "scopes": ["read"]}, format="json").json()
    script = {"HTTP_AUTHORIZATION": f"Token {made['token']}"}
    assert change(here, current="wrong").status_code == 400
    assert APIClient().get("/api/v1/me", **script).status_code == 200
    assert change(here).status_code == 200
    assert APIClient().get("/api/v1/me", **script).status_code == 401


def test_a_reset_ends_sessions_and_api_tokens_and_proves_the_address(cast, reset_token):
    cast.owner  # noqa: B018
    here = sign_in()
    here.post("/api/v1/auth/api-tokens", {"name": "script", "scopes": ["read"]}, format="json")
    assert confirm(reset_token).status_code == 204
    sessions.clear_cache()
    assert here.get("/api/v1/me").json()["code"] == "session_revoked"
    assert not ApiToken.objects.exists()
    assert User.objects.get(username="owner").email_verified
    assert sign_in(NEW).answer.status_code == 200


def test_a_reset_link_works_once(reset_token):
    assert confirm(reset_token, "short").status_code == 400
    assert confirm(reset_token).status_code == 204
    again = confirm(reset_token, "yet another battery")
    assert (again.status_code, again.json()["code"]) == (400, "reset_invalid")


def test_a_reset_link_used_twice_at_once_works_once(reset_token):
    answers = []

    def go(number):
        answers.append(confirm(reset_token, f"{NEW} {number}").status_code)
        connections.close_all()

    threads = [threading.Thread(target=go, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 400, 400, 400]


def test_a_change_makes_an_earlier_link_void(cast, reset_token):
    change(sign_in())
    assert confirm(reset_token).json()["code"] == "reset_invalid"


def test_a_new_address_makes_an_earlier_link_void(cast, reset_token):
    User.objects.filter(pk=cast.owner.pk).update(email="new@example.org", email_key="new@example.org")
    assert confirm(reset_token).json()["code"] == "reset_invalid"


def test_a_link_ends_after_half_an_hour(reset_token, monkeypatch):
    later = datetime.now() + timedelta(minutes=31)
    monkeypatch.setattr(email_tokens._reset_tokens, "_now", lambda: later)
    assert confirm(reset_token).json()["code"] == "reset_invalid"


@pytest.mark.parametrize(
    "bad", ["", ".", "x.y", "nobody.cabc12-0123456789abcdef", "\u0661.\u0661", "." * 1900]
)
def test_a_made_up_link_is_400(database, bad):
    answer = confirm(bad)
    assert answer.status_code == 400
    assert answer.json()["code"] == "reset_invalid"


def test_a_link_is_good_for_its_own_account_only(cast, reset_token):
    _, _, signature = reset_token.partition(".")
    assert confirm(f"{cast.stranger.pk}.{signature}").json()["code"] == "reset_invalid"


def test_a_link_of_a_closed_account_is_void(cast, reset_token):
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert confirm(reset_token).json()["code"] == "reset_invalid"


def test_the_link_leads_to_the_configured_host(cast):
    cast.owner  # noqa: B018
    for headers in ({"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}):
        answer = APIClient().post(RESET, {"email": "owner@example.org"}, format="json", **headers)
        assert answer.status_code in {202, 400}
    for message in deliver():
        assert "evil" not in message.body
        assert "http://localhost:8000/reset-password?token=" in message.body


def test_resets_are_throttled_by_address(cast, settings):
    settings.THROTTLE_SCALE = 1
    codes = [
        APIClient().post(RESET, {"email": f"x{n}@example.org"}, format="json").status_code for n in range(11)
    ]
    assert codes == [202] * 10 + [429]


def test_the_page_takes_the_token_out_of_the_address(cast, reset_token, client):
    moved = client.get(f"/reset-password?token={reset_token}")
    assert (moved.status_code, moved.url) == (302, "/reset-password")
    page = client.get("/reset-password")
    assert reset_token not in page.content.decode()
    assert client.post("/reset-password", {"new_password": NEW}).url == "/login"
    assert sign_in(NEW).answer.status_code == 200
    assert client.get("/reset-password").status_code == 400


def test_an_over_long_password_costs_nothing(cast):
    cast.owner  # noqa: B018
    begun = time.process_time()
    answer = sign_in("x" * 1_000_000).answer
    assert answer.status_code == 400
    assert "password" in answer.json()["fields"]
    assert time.process_time() - begun < 1
    assert mail.outbox == []
