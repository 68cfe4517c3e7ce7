"""Operators, patterns and types where values are expected: refused or taken as plain text, never as a query."""

from __future__ import annotations

import time

import pymongo
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import User
from streamsite.mongo.collections import collection
from tests.support.users import PASSWORD, Cast

OPERATORS: list[object] = [{"$ne": None}, {"$gt": ""}, {"$where": "1"}, ["owner"], 5, 1.5, True, None]


@pytest.mark.parametrize("value", OPERATORS, ids=repr)
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("auth/token", {"login": "owner", "password": PASSWORD}),
        ("auth/token/verify", {"token": "x"}),
        ("auth/password/reset", {"email": "a@example.org"}),
        ("auth/password/reset/confirm", {"token": "x", "new_password": "another battery staple"}),
        ("auth/email/verify", {"token": "x"}),
        ("auth/restore", {"login": "owner", "password": PASSWORD}),
        ("auth/register", {"username": "new-name", "email": "n@example.org", "password": PASSWORD}),
    ],
)
def test_every_field_takes_text_only(cast: Cast, path: str, body: dict[str, str], value: object) -> None:
    cast.owner  # noqa: B018 - makes the account
    for name in body:
        answer = APIClient().post(f"/api/v1/{path}", body | {name: value}, format="json")
        assert answer.status_code == 400, (name, answer.content)
        assert name in answer.json()["fields"]
    assert User.objects.count() == 1


FILTERS = [
    "user[$ne]=x", 'user={"$gt":""}', "title__regex=.*", "password__startswith=a", "ordering=password",
    "fields=email", "channel__email=x", "visibility=private", "listed=false", "status=queued", "page=2", "$where=1",
]  # fmt: skip


@pytest.mark.parametrize("query", FILTERS)
def test_unknown_parameters_change_nothing(cast: Cast, query: str) -> None:
    cast.video(title="Public")
    cast.video(title="Secret", visibility="private")
    for path in ("videos", "channels/owner/videos"):
        usual = APIClient().get(f"/api/v1/{path}").json()["results"]
        answer = APIClient().get(f"/api/v1/{path}?{query}")
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:
            assert answer.json()["results"] == usual


@pytest.mark.parametrize("key", ["$where", "a.b", "$set", "__proto__", ""])
def test_keys_from_outside_are_never_stored(cast: Cast, key: str) -> None:
    client = cast.api("owner")
    for body in ({"preferences": {key: 1}}, {key: 1}):
        assert client.patch("/api/v1/me", body, format="json").status_code in {200, 400}
    client.patch("/api/v1/me/preferences", {key: 1}, format="json")
    stored = collection("accounts_user").find_one({"_id": cast.owner.pk}) or {}
    assert key not in stored
    assert key not in stored["preferences"]


PATTERNS = [
    "(a+)+$",
    "(?:a?){30}a{30}",
    ".*" * 50,
    "*",
    '"',
    '""',
    "-",
    "-a -b",
    "\\",
    "$where",
    "x" * 10_000,
    "\u202e",
]


@pytest.mark.parametrize("text", PATTERNS, ids=lambda text: text[:12])
def test_a_search_has_no_patterns(cast: Cast, text: str) -> None:
    for number in range(20):
        cast.video(title=f"{'a' * 30} {number}")
    begun = time.process_time()
    answer = APIClient().get("/api/v1/videos", {"q": text})
    assert answer.status_code in {200, 400}
    assert time.process_time() - begun < 5
    if answer.status_code == 200:
        assert answer.json()["results"] == [] or text in {"*", '"', '""', "-", "\\"}


def test_the_database_runs_no_scripts(cast: Cast) -> None:
    cast.owner  # noqa: B018 - an empty collection has nothing to run them on
    users = collection("accounts_user")
    script = {"$function": {"body": "function() { return true }", "args": [], "lang": "js"}}
    for condition in ({"$where": "sleep(10) || true"}, {"$expr": script}):
        with pytest.raises(pymongo.errors.OperationFailure):
            list(users.find(condition))


def test_every_query_has_a_time_limit() -> None:
    assert 0 < settings.DATABASES["default"]["OPTIONS"]["max_time_ms"] <= 60_000


READ_ONLY = {
    "id": "x", "username": "other", "email": "e@example.org", "email_verified": True, "is_staff": True,
    "is_superuser": True, "is_active": False, "password": "x", "counts": {"subscribers": 9}, "subscriber_count": 9,
    "video_count": 9, "created_at": "2001-01-01T00:00:00Z", "avatar": "../x", "avatar_url": "x", "cover": "x",
    "security_epoch": 99, "erase_at": "2001-01-01T00:00:00Z", "email_key": "x", "groups": [1],
    "pending_email": "x@y.org",
}  # fmt: skip


def test_what_is_read_only_is_never_written(cast: Cast) -> None:
    client = cast.api("owner")
    before = collection("accounts_user").find_one({"_id": cast.owner.pk}) or {}
    assert client.patch("/api/v1/me", READ_ONLY | {"bio": "new"}, format="json").status_code == 200
    after = collection("accounts_user").find_one({"_id": cast.owner.pk}) or {}
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= {"bio", "profile_version"}
