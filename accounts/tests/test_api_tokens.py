"""``/auth/api-tokens`` and ``Authorization: Token``."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver

URL = "/api/v1/auth/api-tokens"


def create(client, **fields):
    return client.post(URL, {"name": "script", "scopes": ["read"], **fields}, format="json")


def script(text, scheme="Token"):
    return APIClient(HTTP_AUTHORIZATION=f"{scheme} {text}")


def test_a_token_is_shown_once_and_stored_as_a_hash(cast):
    client = cast.api("owner")
    answer = create(client)
    assert answer.status_code == 201
    text = answer.json()["token"]
    assert text.startswith("sst_")
    assert len(text) > 40
    (listed,) = client.get(URL).json()["results"]
    assert "token" not in listed
    assert listed["hint"] == text[:8]
    assert text not in str(list(collection("auth_api_token").find()))
    assert text not in "".join(message.body for message in deliver())


def test_it_acts_as_its_owner_within_its_scopes(cast):
    text = create(cast.api("owner")).json()["token"]
    for scheme in ("Token", "token", "TOKEN"):
        assert script(text, scheme).get("/api/v1/me").json()["username"] == "owner"
    refused = script(text).patch("/api/v1/me", {"bio": "x"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert "write" in refused.json()["detail"]
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["read"], {"read"}),
        (["upload"], {"upload"}),
        (["write"], {"write", "upload"}),
        (["read", "write"], {"read", "write", "upload"}),
    ],
)
def test_each_scope_opens_what_it_names(cast, scopes, allowed):
    client = script(create(cast.api("owner"), scopes=scopes).json()["token"])
    tried = {
        "read": client.get("/api/v1/me"),
        "upload": client.post("/api/v1/videos", {"title": "no file"}, format="multipart"),
        "write": client.post("/api/v1/playlists", {"title": "A list"}, format="json"),
    }
    assert {name for name, answer in tried.items() if answer.status_code != 403} == allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "auth/sessions"),
        ("get", "auth/api-tokens"),
        ("get", "auth/activity"),
        ("get", "auth/totp"),
        ("post", "auth/api-tokens"),
        ("post", "auth/logout-all"),
        ("post", "auth/password/change"),
        ("post", "auth/email/change"),
        ("post", "auth/totp/setup"),
        ("post", "auth/totp/disable"),
        ("delete", "auth/sessions/AAAAAAAAAAAAAAAA"),
        ("delete", "me"),
    ],
)
def test_no_token_reaches_what_only_the_person_may_do(cast, method, path):
    client = script(create(cast.api("owner"), scopes=["read", "upload", "write"]).json()["token"])
    assert getattr(client, method)(f"/api/v1/{path}").status_code == 403


def test_a_deleted_token_is_refused_at_once(cast):
    client = cast.api("owner")
    made = create(client).json()
    assert client.delete(f"{URL}/{made['id']}").status_code == 204
    assert client.delete(f"{URL}/{made['id']}").status_code == 404
    assert script(made["token"]).get("/api/v1/me").json()["code"] == "token_invalid"


def test_a_foreign_token_cannot_be_seen_or_deleted(cast):
    made = create(cast.api("owner")).json()
    stranger = cast.api("stranger")
    assert stranger.delete(f"{URL}/{made['id']}").status_code == 404
    assert stranger.get(URL).json()["results"] == []
    assert script(made["token"]).get("/api/v1/me").status_code == 200


def test_a_token_ends(cast):
    made = create(cast.api("owner")).json()
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = script(made["token"]).get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_closed_account_has_no_use_of_its_tokens(cast):
    made = create(cast.api("owner")).json()
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert script(made["token"]).get("/api/v1/me").json()["code"] == "user_inactive"


@pytest.mark.parametrize("text", ["", "sst_", "sst_" + "x" * 43, "sst_ü", "x" * 5000, "a b"])
def test_nonsense_is_401(database, text):
    answer = script(text).get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json()["code"] in {"token_invalid", "not_authenticated"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": [1]}, "scopes.0"),
        ({"expires_at": "yesterday"}, "expires_at"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_bad_input_is_named_by_field(cast, fields, named):
    answer = create(cast.api("owner"), **fields)
    assert answer.status_code == 400
    assert named in answer.json()["fields"]
    assert not ApiToken.objects.exists()


def test_there_is_a_most(cast, settings):
    settings.MAX_API_TOKENS_PER_USER = 2
    codes = [create(cast.api("owner")).status_code for _ in range(3)]
    assert codes == [201, 201, 409]


def test_a_repeated_creation_makes_one_and_does_not_show_it_again(cast):
    client = cast.api("owner")
    first = client.post(URL, {"name": "a", "scopes": ["read"]}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    again = client.post(URL, {"name": "a", "scopes": ["read"]}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert again.status_code == 201
    assert again.json()["id"] == first.json()["id"]
    assert "token" not in again.json()
    assert first.json()["token"] not in str(list(collection("idempotency").find()))


def test_the_page_shows_the_token_once(cast):
    page = cast.page("owner")
    answer = page.post("/settings/api-tokens", {"name": "script", "scopes": ["read"], "days": "30"})
    assert answer.status_code == 201
    assert "sst_" in answer.content.decode()
    token = ApiToken.objects.get()
    again = page.get("/settings/api-tokens").content.decode()
    assert token.hint in again
    assert again.count("sst_") == 1
    assert page.post(f"/settings/api-tokens/{token.pk}/revoke").status_code == 302
    assert not ApiToken.objects.exists()
