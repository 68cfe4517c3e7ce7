"""``/auth/totp``, and sign-in with a second factor."""

import threading
import time

import pyotp
import pytest
import time_machine
from django.db import connections
from rest_framework.test import APIClient

from accounts import auth_session_store, totp_store
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD

BASE = "/api/v1/auth/totp"


def call(client, name, **body):
    return client.post(f"{BASE}/{name}", body, format="json")


def token(otp=None, password=PASSWORD, address="127.0.0.1"):
    body = {"login": "owner", "password": password, **({"otp": otp} if otp is not None else {})}
    return APIClient(REMOTE_ADDR=address).post("/api/v1/auth/token", body, format="json")


def code(secret, steps=0):
    return pyotp.TOTP(secret).at(time.time() + 30 * steps)


def forget_steps(user):
    """Allow a code of the current half minute to be accepted once more."""
    collection(totp_store.FACTORS).update_one({"_id": user.pk}, {"$set": {"last_step": 0}})


@pytest.fixture
def factor(cast):
    """Enable the owner's second factor; return its secret and recovery codes."""
    client = cast.api("owner")
    secret = call(client, "setup").json()["secret"]
    codes = call(client, "enable", otp=code(secret)).json()["recovery_codes"]
    forget_steps(cast.owner)
    return secret, codes


def test_setup_shows_the_secret_and_changes_nothing_yet(cast):
    body = call(cast.api("owner"), "setup").json()
    assert body["otpauth_url"].startswith("otpauth://totp/Streamsite:owner?secret=")
    assert body["qr_svg"].startswith("<svg")
    assert token().status_code == 200
    stored = str(collection(totp_store.FACTORS).find_one({"_id": cast.owner.pk}))
    assert body["secret"] not in stored


def test_it_is_switched_on_by_a_right_code_only(cast):
    client = cast.api("owner")
    secret = call(client, "setup").json()["secret"]
    wrong = call(client, "enable", otp="000000" if code(secret) != "000000" else "000001")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "otp_invalid")
    assert token().status_code == 200
    body = call(client, "enable", otp=code(secret)).json()
    assert len(set(body["recovery_codes"])) == 10
    assert client.get(BASE).json()["enabled"] is True
    assert [message.subject for message in deliver()] == ["Streamsite: Two-factor authentication is on"]
    assert call(client, "setup").status_code == 409


def test_enabling_without_a_setup_is_400(cast):
    assert call(cast.api("owner"), "enable", otp="123456").json()["code"] == "otp_invalid"


def test_an_old_session_has_to_prove_itself_before_the_setup(cast):
    client = cast.api("owner")
    collection(auth_session_store.SESSIONS).update_many({}, {"$set": {"auth_time": mongo_time(-3600)}})
    assert call(client, "setup").status_code == 400
    assert call(client, "setup", current_password="wrong password").json()["code"] == "wrong_password"
    assert call(client, "setup", current_password=PASSWORD).status_code == 200


def mongo_time(seconds):
    from datetime import UTC, datetime, timedelta

    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_no_token_without_the_code(factor):
    secret, _ = factor
    missing = token()
    assert (missing.status_code, missing.json()["code"]) == (401, "otp_required")
    assert "access" not in missing.json()
    assert "refresh" not in missing.cookies
    assert token("12345").json()["code"] == "otp_invalid"
    assert token(code(secret)).status_code == 200


def test_a_wrong_password_says_nothing_about_the_code(factor):
    assert token(password="a wrong password").json()["code"] == "invalid_credentials"
    assert token(code(factor[0]), password="a wrong password").json()["code"] == "invalid_credentials"


def test_a_code_is_accepted_once(factor):
    secret, _ = factor
    used = code(secret)
    assert token(used).status_code == 200
    assert token(used).json()["code"] == "otp_invalid"


def test_a_code_sent_ten_times_at_once_is_accepted_once(factor, settings):
    used = code(factor[0])
    answers = []

    def go():
        answers.append(token(used).status_code)
        connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [401] * 9


@pytest.fixture
def half_minute():
    """Freeze time in the middle of a half minute, so that no call falls into the next one."""
    start = time.time()
    with time_machine.travel(start - start % 30 + 15, tick=False):
        yield


def test_codes_of_the_neighboring_half_minutes_are_accepted_in_order(half_minute, factor):
    secret, _ = factor
    assert token(code(secret, -1)).status_code == 200
    assert token(code(secret, 1)).status_code == 200
    assert token(code(secret)).json()["code"] == "otp_invalid"  # overtaken by a later one
    assert token(code(secret, 3)).json()["code"] == "otp_invalid"


def test_a_recovery_code_works_once_and_the_owner_is_told(factor):
    _, codes = factor
    deliver()
    assert token(codes[0].upper()).status_code == 200
    assert token(codes[0]).json()["code"] == "otp_invalid"
    assert token(codes[1].replace("-", "")).status_code == 200
    assert "9 recovery codes are left" in deliver()[0].body


def test_recovery_codes_are_stored_as_hashes(factor, cast):
    stored = str(collection(totp_store.FACTORS).find_one({"_id": cast.owner.pk}))
    assert not any(entry in stored or entry.replace("-", "") in stored for entry in factor[1])


def test_new_recovery_codes_void_the_old(factor, cast):
    client = cast.api("owner")
    assert call(client, "recovery-codes", current_password=PASSWORD).status_code == 400
    assert token(factor[1][1]).status_code == 200
    fresh = call(client, "recovery-codes", otp=factor[1][2]).json()["recovery_codes"]
    assert token(factor[1][0]).json()["code"] == "otp_invalid"
    assert token(fresh[0]).status_code == 200


def test_five_wrong_codes_in_a_quarter_of_an_hour_are_enough(factor, settings):
    settings.THROTTLE_SCALE = 1
    answers = [token("000000").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert token(code(factor[0])).status_code == 429


def test_a_strangers_wrong_codes_do_not_lock_the_owner_out(factor, settings):
    settings.THROTTLE_SCALE = 1
    assert [token("000000", address="198.51.100.7").status_code for _ in range(6)] == [401] * 5 + [429]
    assert token(code(factor[0])).status_code == 200


def test_wrong_codes_from_many_addresses_lock_codes_but_never_recovery_codes(factor, settings):
    settings.THROTTLE_SCALE = 1
    secret, recovery = factor
    answers = [token("000000", address=f"198.51.100.{n // 5}").status_code for n in range(50)]
    assert answers == [401] * 50
    assert token(code(secret)).status_code == 429
    assert token(recovery[0]).status_code == 200
    assert token(recovery[1], address="198.51.100.1").status_code == 200


def test_guesses_of_recovery_codes_are_limited_where_they_come_from(factor, settings):
    settings.THROTTLE_SCALE = 1
    guesses = [token(f"aaaa-bbbb-cccc-ddd{letter}", address="198.51.100.7") for letter in "abcdefghijk"]
    assert [answer.status_code for answer in guesses] == [401] * 10 + [429]
    assert token(factor[1][0]).status_code == 200
    assert token(code(factor[0]), address="198.51.100.7").status_code == 200


def test_the_owner_hears_of_the_fifth_wrong_code_after_the_right_password_once(factor):
    deliver()
    for number in range(12):
        token("000000", password="a wrong password")
        assert token("000000", address=f"198.51.100.{number}").json()["code"] == "otp_invalid"
        sent = deliver()
        assert len(sent) == (1 if number == 4 else 0)
        if sent:
            (message,) = sent
            assert message.subject == "Streamsite: Security alert: repeated incorrect two-factor codes"
            assert "knows the password of your account owner" in message.body
            assert "change your password now" in message.body
            assert "198.51.100.0/24" in message.body


def test_the_owner_hears_of_wrong_codes_from_a_device_that_is_signed_in(factor, cast):
    client = cast.api("owner")
    deliver()
    for _ in range(5):
        assert call(client, "disable", otp="000000").status_code == 400
    (message,) = deliver()
    assert "Someone signed in to your account owner" in message.body


@pytest.mark.parametrize("proof", ["code", "recovery"])
def test_it_is_switched_off_with_a_code_or_a_recovery_code(factor, cast, proof):
    secret, recovery = factor
    client = cast.api("owner")
    assert call(client, "disable", otp=code(secret) if proof == "code" else recovery[0]).status_code == 204
    assert token().status_code == 200
    assert call(client, "disable", otp="000000").status_code == 204  # off already


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "validation_error"),
        ({"password": PASSWORD}, "validation_error"),
        ({"current_password": PASSWORD}, "validation_error"),
        ({"current_password": PASSWORD, "otp": "000"}, "otp_invalid"),
    ],
)
@pytest.mark.parametrize("action", ["disable", "recovery-codes"])
def test_the_password_alone_neither_switches_it_off_nor_renews_its_codes(
    factor, cast, action, body, expected
):
    answer = call(cast.api("owner"), action, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, expected)
    assert list(answer.json()["fields"]) == ["otp"]
    assert token().json()["code"] == "otp_required"
    assert token(factor[1][0]).status_code == 200


def test_a_password_reset_leaves_it_on(factor, cast):
    from tests.support.mailbox import token_in

    deliver()
    APIClient().post("/api/v1/auth/password/reset", {"email": "owner@example.org"}, format="json")
    raw = token_in(deliver()[0])
    body = {"token": raw, "new_password": "another battery staple"}
    assert APIClient().post("/api/v1/auth/password/reset/confirm", body, format="json").status_code == 204
    assert token(password="another battery staple").json()["code"] == "otp_required"


def test_the_session_says_how_it_was_proved(factor, cast):
    session_id = token(code(factor[0])).json()["session_id"]
    assert auth_session_store.find(session_id)["amr"] == ["pwd", "otp"]


# --- pages ---


def test_the_page_asks_for_the_code_next(factor, client):
    answer = client.post("/login", {"login": "owner", "password": PASSWORD, "next": "/library"})
    assert answer.url == "/login/code"
    assert client.get("/library").status_code == 302
    assert client.post("/login/code", {"otp": "000000"}).status_code == 401
    assert client.post("/login/code", {"otp": code(factor[0])}).url == "/library"
    assert client.get("/library").status_code == 200


def test_the_second_step_ends_after_five_minutes(factor, client, monkeypatch):
    client.post("/login", {"login": "owner", "password": PASSWORD})
    later = time.time() + 301
    monkeypatch.setattr("accounts.views.sign_in.time.time", lambda: later)
    assert client.get("/login/code").url == "/login"


def test_a_password_change_ends_a_pending_second_step(factor, client, cast):
    client.post("/login", {"login": "owner", "password": PASSWORD})
    body = {"current_password": PASSWORD, "new_password": "another battery staple"}
    assert cast.api("owner").post("/api/v1/auth/password/change", body, format="json").status_code == 200
    assert client.post("/login/code", {"otp": code(factor[0])}).url == "/login"


def test_the_second_step_alone_is_nothing(database, client):
    assert client.get("/login/code").url == "/login"


def test_staff_may_be_obliged_to_have_one(cast, settings):
    settings.STAFF_NEED_TOTP = True
    page = cast.page("staff")
    page.raise_request_exception = False
    assert page.get("/admin/").status_code == 403
    assert page.get("/settings/security").status_code == 200
    secret = call(cast.api("staff"), "setup").json()["secret"]
    assert call(cast.api("staff"), "enable", otp=code(secret)).status_code == 200
    page.logout()
    forget_steps(cast.staff)
    page.post("/login", {"login": "staffer", "password": PASSWORD})
    assert page.post("/login/code", {"otp": code(secret)}).status_code == 302
    assert page.get("/admin/").status_code == 200
