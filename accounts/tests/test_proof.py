"""Recent proof of identity, required for API tokens and private feed addresses."""

from datetime import timedelta

import pyotp
import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import auth_session_store, sessions
from accounts.models import ApiToken
from streamsite.mongo.collections import collection
from subscriptions.models import PrivateFeed
from tests.support.users import PASSWORD

TOKENS, FEED, PROOF = "/api/v1/auth/api-tokens", "/api/v1/me/feed/rss", "/api/v1/auth/proof"
NEW_TOKEN = {"name": "backup script", "scopes": ["read", "upload"]}


def age(minutes=11):
    """Move every session's last proof into the past."""
    then = timezone.now() - timedelta(minutes=minutes)
    collection(auth_session_store.SESSIONS).update_many({}, {"$set": {"auth_time": then}})
    sessions.clear_cache()


def made():
    return ApiToken.objects.count(), PrivateFeed.objects.count()


@pytest.mark.parametrize("path", [TOKENS, FEED])
def test_an_old_session_creates_nothing_until_it_is_proved_again(cast, path):
    client, other = cast.api("owner"), cast.api("owner")
    age()
    refused = client.post(path, NEW_TOKEN, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_required")
    assert made() == (0, 0)
    wrong = client.post(PROOF, {"current_password": "wrong password"}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_password")
    assert client.post(path, NEW_TOKEN, format="json").status_code == 403
    proved = client.post(PROOF, {"current_password": PASSWORD}, format="json")
    assert (proved.status_code, proved.json()) == (200, {"expires_in": 600})
    assert client.post(path, NEW_TOKEN, format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    assert other.post(path, NEW_TOKEN, format="json").status_code == 403
    assert sum(made()) == 1


def test_a_proof_lasts_ten_minutes(cast):
    client = cast.api("owner")
    age(minutes=9)
    assert client.post(TOKENS, NEW_TOKEN, format="json").status_code == 201
    age(minutes=10)
    assert client.post(TOKENS, NEW_TOKEN, format="json").status_code == 403


def test_refreshing_is_no_proof(cast):
    body = {"login": cast.owner.username, "password": PASSWORD, "client": "native"}
    grant = APIClient().post("/api/v1/auth/token", body, format="json").json()
    age()
    fresh = (
        APIClient().post("/api/v1/auth/token/refresh", {"refresh": grant["refresh"]}, format="json").json()
    )
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {fresh['access']}")
    assert client.post(TOKENS, NEW_TOKEN, format="json").json()["code"] == "proof_required"


def test_a_code_of_the_second_factor_is_a_proof_once(cast):
    client = cast.api("owner")
    secret = client.post("/api/v1/auth/totp/setup", {}, format="json").json()["secret"]
    code = {"otp": pyotp.TOTP(secret).now()}
    recovery = client.post("/api/v1/auth/totp/enable", code, format="json").json()["recovery_codes"]
    age()
    assert client.post(PROOF, code, format="json").json()["code"] == "otp_invalid"
    assert client.post(PROOF, {"otp": recovery[0]}, format="json").status_code == 200
    assert client.post(TOKENS, NEW_TOKEN, format="json").status_code == 201
    age()
    assert client.post(PROOF, {"otp": recovery[0]}, format="json").status_code == 400


@pytest.mark.parametrize("body", [{}, {"otp": " "}, {"current_password": ""}])
def test_nothing_is_no_proof(cast, body):
    answer = cast.api("owner").post(PROOF, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize("path", [TOKENS, FEED, PROOF])
def test_an_api_token_neither_proves_anybody_nor_creates_anything(cast, path):
    _, text = cast.api_token(cast.owner, "read", "write", "upload")
    client = APIClient(HTTP_AUTHORIZATION=f"Token {text}")
    body = NEW_TOKEN | {"current_password": PASSWORD}
    answer = client.post(path, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert made() == (1, 0)


def test_an_ended_session_cannot_be_proved(cast):
    session_id = cast.api("owner") and str(collection(auth_session_store.SESSIONS).find_one()["_id"])
    assert sessions.record_proof(session_id, cast.owner)
    sessions.revoke(session_id, cast.owner.pk, "test")
    assert not sessions.record_proof(session_id, cast.owner)
    assert not sessions.record_proof(session_id, cast.stranger)


# --- pages ---


def test_the_page_asks_and_comes_back_with_what_was_typed(cast):
    page = cast.page("owner")
    age()
    form = {"name": "backup script", "scopes": ["read", "upload"], "days": "30"}
    asked = page.post("/settings/api-tokens", form)
    assert (asked.status_code, asked.url) == (302, "/settings/confirm?next=%2Fsettings%2Fapi-tokens")
    assert made() == (0, 0)
    assert 'name="otp"' not in page.get(asked.url).content.decode()
    assert page.post(asked.url, {"current_password": "wrong"}).status_code == 400
    assert page.post(asked.url, {}).status_code == 400
    confirmed = page.post(asked.url, {"current_password": PASSWORD})
    assert (confirmed.status_code, confirmed.url) == (302, "/settings/api-tokens")
    shown = page.get("/settings/api-tokens").content.decode()
    assert 'value="backup script"' in shown
    assert shown.count(" checked") == 2
    assert '<option value="30" selected>' in shown
    assert 'value="backup script"' not in page.get("/settings/api-tokens").content.decode()
    assert page.post("/settings/api-tokens", form).status_code == 201


def test_the_page_takes_a_code_where_there_is_a_second_factor(cast):
    client = cast.api("owner")
    secret = client.post("/api/v1/auth/totp/setup", {}, format="json").json()["secret"]
    code = {"otp": pyotp.TOTP(secret).now()}
    recovery = client.post("/api/v1/auth/totp/enable", code, format="json").json()["recovery_codes"]
    page = cast.page("owner")
    age()
    shown = page.get("/settings/confirm").content.decode()
    assert 'name="otp"' in shown
    assert "(optional)" not in shown
    assert page.post("/settings/confirm", {}).status_code == 400
    assert page.post("/settings/confirm", {"otp": recovery[0]}).url == "/settings/security"
    assert page.post(reverse("subscriptions-feed"), {"action": "renew"}).status_code == 200


def test_the_page_of_the_private_feed_asks_too(cast):
    page = cast.page("owner")
    age()
    asked = page.post(reverse("subscriptions-feed"), {"action": "renew"})
    assert asked.url.startswith("/settings/confirm?next=")
    assert made() == (0, 0)
    assert page.post(asked.url, {"current_password": PASSWORD}).url == reverse("subscriptions-programs")
    assert page.post(reverse("subscriptions-feed"), {"action": "renew"}).status_code == 200
    assert page.post(reverse("subscriptions-feed"), {"action": "end"}).status_code == 302


def test_the_page_returns_to_this_site_only(cast):
    page = cast.page("owner")
    answer = page.post(
        "/settings/confirm", {"current_password": PASSWORD, "next": "https://evil.example/settings"}
    )
    assert answer.url == "/settings/security"
