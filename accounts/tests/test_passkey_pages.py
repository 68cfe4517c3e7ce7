"""Passkeys as a second factor, and on the pages."""

import json
import time

import pyotp
import pytest
from rest_framework.test import APIClient

from accounts import auth_session_store
from accounts.passkeys import store
from accounts.tests.passkey_fixtures import AUTH, REFUSED, add, device, options, post, result, sign_in
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.users import PASSWORD

__all__ = ["device"]


# --- second factor ---


@pytest.fixture
def factor(cast, device):
    """Turn the owner's second factor on."""
    client = cast.api("owner")
    secret = post(client, f"{AUTH}/totp/setup").json()["secret"]
    code = pyotp.TOTP(secret).at(time.time())
    assert post(client, f"{AUTH}/totp/enable", {"otp": code}).status_code == 200
    return device


def test_a_passkey_stands_for_the_code_and_needs_no_finger_then(factor):
    client = APIClient()
    body = {"login": "owner", "password": PASSWORD, "client": "native"}
    assert result(post(client, f"{AUTH}/token", body)) == (401, "otp_required")
    body["passkey"] = factor.sign(options(client, "second_factor"), flags=PRESENT)
    answer = post(client, f"{AUTH}/token", body)
    assert answer.status_code == 200
    assert auth_session_store.find(answer.json()["session_id"])["amr"] == ["pwd", "passkey"]


def test_a_passkey_alone_needs_no_code(factor):
    assert sign_in(factor).status_code == 200


def test_a_second_factor_of_another_account_is_refused(cast, factor):
    mine, client = Authenticator(), APIClient()
    add(cast.api("stranger"), mine)
    passkey = mine.sign(options(client, "second_factor"))
    body = {"login": "owner", "password": PASSWORD, "passkey": passkey}
    assert result(post(client, f"{AUTH}/token", body)) == REFUSED
    body["password"] = "a wrong password"
    assert result(post(client, f"{AUTH}/token", body)) == (401, "invalid_credentials")


# --- pages ---


def test_the_page_signs_in_and_goes_on(cast, device, client):
    credential = json.dumps(device.sign(options(client)))
    answer = client.post("/login/passkey", {"credential": credential, "next": "/library", "remember": "on"})
    assert answer.url == "/library"
    assert client.get("/library").status_code == 200
    assert client.get("/settings/security/passkeys").status_code == 200


def test_the_page_does_not_lead_to_another_site(device, client):
    body = {"credential": json.dumps(device.sign(options(client))), "next": "https://evil.example/"}
    assert client.post("/login/passkey", body).url == "/"


def test_the_page_says_that_a_passkey_was_refused(cast, client):
    answer = client.post("/login/passkey", {"credential": "[]"})
    assert answer.status_code == 400
    answer = client.post("/login/passkey", {"credential": "{}"})
    assert (answer.status_code, b"This passkey wasn&#x27;t accepted" in answer.content) == (401, True)


def test_the_code_page_takes_a_passkey(factor, client):
    client.post("/login", {"login": "owner", "password": PASSWORD, "next": "/library"})
    assert b'data-passkey="second_factor"' in client.get("/login/code").content
    assert client.post("/login/code", {"credential": "{}"}).status_code == 401
    credential = json.dumps(factor.sign(options(client, "second_factor"), flags=PRESENT))
    assert client.post("/login/code", {"credential": credential}).url == "/library"


def test_staff_who_must_have_two_factors_have_them_in_a_passkey(cast, settings, client):
    settings.STAFF_NEED_TOTP = True
    device = Authenticator()
    add(cast.api("staff"), device)
    client.post("/login/passkey", {"credential": json.dumps(device.sign(options(client)))})
    assert client.get("/admin/").status_code == 200


def test_the_settings_list_rename_and_remove(cast, device):
    page = cast.page("owner")
    (row,) = store.list_for_user(cast.owner.pk)
    path = f"/settings/security/passkeys/{row['_id']}"
    page.post(f"{path}/rename", {"name": "Kitchen tablet"})
    assert b"Kitchen tablet" in page.get("/settings/security/passkeys").content
    page.post(f"{path}/remove")
    assert b"No passkeys yet" in page.get("/settings/security/passkeys").content
    assert page.get("/settings/security").status_code == 200
