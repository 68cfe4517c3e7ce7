"""``/auth/email``: confirming and changing an address."""

import pytest
from django.core import signing
from rest_framework.test import APIClient

from accounts import email_tokens
from accounts.models import User
from tests.support.mailbox import deliver, token_in
from tests.support.users import PASSWORD

VERIFY, RESEND, CHANGE = (f"/api/v1/auth/email/{name}" for name in ("verify", "resend", "change"))


def verify(token):
    return APIClient().post(VERIFY, {"token": token}, format="json")


def owner():
    return User.objects.get(username="owner")


@pytest.fixture
def registered(database):
    """Register an account; return it with its emailed token."""
    body = {"username": "owner", "email": "Owner@Example.org", "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/register", body, format="json").status_code == 201
    (message,) = deliver()
    assert message.to == ["Owner@example.org"]
    return token_in(message)


def test_the_mailed_link_proves_the_address_and_can_be_repeated(registered):
    assert not owner().email_verified
    for _ in range(2):
        answer = verify(registered)
        assert answer.status_code == 200
        assert answer.json()["email_verified"] is True
    assert owner().email_verified


@pytest.mark.parametrize("bad", ["", "x", "a.b.c", "\u0661" * 50, "=" * 1999])
def test_a_made_up_token_is_400(database, bad):
    answer = verify(bad)
    assert (answer.status_code, answer.json()["code"]) == (400, "link_invalid")


def test_a_token_ends(registered, settings):
    settings.EMAIL_LINK_SECONDS = -1
    assert verify(registered).json()["code"] == "link_invalid"


def test_a_token_for_something_else_is_no_proof(registered):
    forged = signing.dumps([owner().pk, "owner@example.org"], salt="another purpose")
    assert verify(forged).json()["code"] == "link_invalid"


def test_an_address_belongs_to_who_proves_it_first(cast, registered):
    cast.user("other")
    User.objects.filter(username="other").update(email="owner@example.org", email_key="owner@example.org")
    assert (
        verify(
            email_tokens.make_email_token(User.objects.get(username="other"), "OWNER@example.org")
        ).status_code
        == 200
    )
    answer = verify(registered)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not owner().email_verified


def test_registering_with_somebodys_address_reveals_nothing(registered):
    verify(registered)
    body = {"username": "another", "email": "owner@example.org", "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/register", body, format="json").status_code == 201


def test_a_new_address_is_in_force_once_it_is_proved(cast, registered):
    verify(registered)
    deliver()
    client = APIClient()
    client.force_login(owner(), backend="accounts.backends.LoginBackend")
    body = {"email": "new@example.org", "current_password": PASSWORD}
    assert client.post(CHANGE, body, format="json").json()["email"] == "Owner@example.org"
    sent = {message.to[0]: message for message in deliver()}
    assert set(sent) == {"new@example.org", "Owner@example.org"}
    assert "new@example.org" in sent["Owner@example.org"].body
    assert verify(token_in(sent["new@example.org"])).status_code == 200
    assert (owner().email, owner().email_verified, owner().pending_email) == ("new@example.org", True, "")
    assert [message.to for message in deliver()] == [["Owner@example.org"]]
    assert verify(registered).json()["code"] == "link_invalid"


def test_the_address_is_not_changed_without_the_password(cast):
    body = {"email": "new@example.org", "current_password": "wrong password"}
    answer = cast.api("owner").post(CHANGE, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")
    assert owner().pending_email == ""


@pytest.mark.parametrize("bad", ["", "no address", "a@b", "a@b.org\nBcc: x@y.org", "x" * 260 + "@e.org"])
def test_invalid_addresses_are_rejected(cast, bad):
    answer = cast.api("owner").post(CHANGE, {"email": bad, "current_password": PASSWORD}, format="json")
    assert answer.status_code == 400
    assert "email" in answer.json()["fields"]


def test_the_link_can_be_sent_again_five_times_an_hour(cast, settings):
    settings.THROTTLE_SCALE = 1
    client = cast.api("owner")
    answers = [client.post(RESEND) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[0].json() == {"email": "owner@example.org"}
    assert len(deliver()) == 5


def test_a_proved_address_needs_no_link(cast):
    User.objects.filter(pk=cast.owner.pk).update(email_verified=True)
    assert cast.api("owner").post(RESEND).json() == {"email": None}
    assert deliver() == []


def test_the_page_asks_for_a_click_and_keeps_the_token_out_of_the_address(registered, client):
    assert client.get(f"/verify-email?token={registered}").url == "/verify-email"
    page = client.get("/verify-email")
    assert registered not in page.content.decode()
    assert not owner().email_verified
    assert client.post("/verify-email").url == "/login"
    assert owner().email_verified
    assert client.get("/verify-email").status_code == 400
