"""Providers that are connected to accounts, and accounts that have no password."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts import auth_session_store
from accounts.models import User
from accounts.oidc import store
from accounts.tests.oidc_fixtures import (
    back,
    come,
    provider,
    running_provider,
    sign_up,
    user_of,
)
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD

__all__ = ["provider", "running_provider"]

pytestmark = pytest.mark.usefixtures("database")
PROVIDERS = "/settings/security/providers"


def session_of(client):
    return auth_session_store.find(client.session["sid"])


def link(provider, page, account="alice"):
    """Connect an account at the provider to the one that is signed in; return the last answer."""
    answer = come(provider, page, account, intent="link")
    assert answer.url == f"{PROVIDERS}/confirm", answer.content
    return page.post(f"{PROVIDERS}/confirm")


# --- linking ---


def test_an_account_is_linked_after_a_question_and_unlinked(provider, cast):
    page = cast.page("owner")
    answer = come(provider, page, intent="link")
    assert answer.url == f"{PROVIDERS}/confirm"
    assert b"alice@example.org" in page.get(f"{PROVIDERS}/confirm").content
    assert store.list_for_user(cast.owner.pk) == []
    assert page.post(f"{PROVIDERS}/confirm").url == PROVIDERS
    client = Client()
    come(provider, client)
    assert user_of(client) == "owner"
    (row,) = store.list_for_user(cast.owner.pk)
    page.post(f"{PROVIDERS}/{row['_id']}/unlink")
    assert store.list_for_user(cast.owner.pk) == []
    assert user_of(client) == ""
    assert user_of(page) == "owner"
    assert come(provider, Client()).url == "/login/new"
    subjects = [message.subject for message in deliver()]
    assert subjects == [
        "Streamsite: Sign-in provider connected",
        "Streamsite: Sign-in provider disconnected",
    ]


def test_a_sign_in_in_progress_dies_with_the_connection(provider, cast, monkeypatch):
    """The provider is disconnected while somebody comes in by it."""
    page = cast.page("owner")
    link(provider, page)
    (row,) = store.list_for_user(cast.owner.pk)
    record = store.record_use

    def disconnect_after(*arguments):
        used = record(*arguments)
        page.post(f"{PROVIDERS}/{row['_id']}/unlink")
        return used

    monkeypatch.setattr(store, "record_use", disconnect_after)
    client = Client()
    come(provider, client)
    assert user_of(client) == ""
    assert user_of(page) == "owner"


def test_linking_and_unlinking_need_a_recent_proof(provider, cast):
    page = cast.page("owner")
    come(provider, page, intent="link")
    past = datetime.now(UTC) - timedelta(minutes=11)

    def age():
        collection(auth_session_store.SESSIONS).update_many({}, {"$set": {"auth_time": past}})

    age()
    assert page.post(f"{PROVIDERS}/confirm").url.startswith("/settings/confirm?")
    assert store.list_for_user(cast.owner.pk) == []
    page.post("/settings/confirm", {"current_password": PASSWORD, "next": PROVIDERS})
    page.post(f"{PROVIDERS}/confirm")
    (row,) = store.list_for_user(cast.owner.pk)
    age()
    assert page.post(f"{PROVIDERS}/{row['_id']}/unlink").url.startswith("/settings/confirm?")
    assert len(store.list_for_user(cast.owner.pk)) == 1


def test_a_person_has_one_account_and_an_account_one_person(provider, cast):
    link(provider, cast.page("owner"))
    link(provider, cast.page("stranger"))
    assert store.list_for_user(cast.stranger.pk) == []
    link(provider, cast.page("owner"), "bob")
    assert [row["subject"] for row in store.list_for_user(cast.owner.pk)] == ["alice"]


def test_nobody_unlinks_what_is_anothers(provider, cast):
    link(provider, cast.page("owner"))
    (row,) = store.list_for_user(cast.owner.pk)
    cast.page("stranger").post(f"{PROVIDERS}/{row['_id']}/unlink")
    assert len(store.list_for_user(cast.owner.pk)) == 1


def test_the_last_way_in_stays(provider):
    client = sign_up(provider)
    user = User.objects.get(username="alice")
    come(provider, client, intent="proof")
    (row,) = store.list_for_user(user.pk)
    client.post(f"{PROVIDERS}/{row['_id']}/unlink")
    assert len(store.list_for_user(user.pk)) == 1
    assert user_of(client) == "alice"


def test_who_comes_back_as_another_account_links_nothing(provider, cast):
    page = cast.page("owner")
    path = back(provider, page, intent="link")
    page.logout()
    assert page.get(path).status_code == 400
    page = cast.page("owner")
    path = back(provider, page, intent="link")
    cookie = page.cookies["oidc"].value
    other = cast.page("stranger")
    other.cookies["oidc"] = cookie
    assert other.get(path).status_code == 400
    assert store.list_for_user(cast.stranger.pk) == []


def test_a_deleted_account_leaves_no_identity(provider, settings):
    from accounts import deletion
    from accounts.deletion import DELETION_STARTED

    sign_up(provider)
    user = User.objects.get(username="alice")
    User.objects.filter(pk=user.pk).update(is_active=False, erase_at=DELETION_STARTED)
    deletion.delete_if_due(user.pk)
    assert store.list_for_user(user.pk) == []


# --- accounts without a password ---


def test_who_has_no_password_proves_themselves_at_the_provider(provider):
    client = sign_up(provider)
    body = {"username": "alice"}
    answer = client.post("/settings/delete", body)
    assert answer.url == "/settings/confirm?next=%2Fsettings%2Fdelete"
    assert b"Continue with Test Login" in client.get(answer.url).content
    answer = client.post("/settings/security/email", {"email": "new@example.org"})
    assert answer.url == "/settings/confirm?next=%2Fsettings%2Fsecurity"
    assert User.objects.get(username="alice").pending_email == ""
    come(provider, client, intent="proof")
    client.post("/settings/security/email", {"email": "new@example.org"})
    assert User.objects.get(username="alice").pending_email == "new@example.org"
    client.post("/settings/security/password", {"new_password": "a first battery staple"})
    assert User.objects.get(username="alice").check_password("a first battery staple")
    assert user_of(client) == "alice"


def test_an_account_without_a_password_is_closed_after_a_proof(provider):
    client = sign_up(provider)
    come(provider, client, intent="proof")
    client.post("/settings/delete", {"username": "alice"})
    assert User.objects.get(username="alice").is_active is False
    assert come(provider, Client()).url == "/restore"


def test_a_missing_password_is_no_proof(provider):
    client = sign_up(provider)
    come(provider, client, intent="proof")
    body = '{"current_password": "anything at all"}'
    answer = client.post("/api/v1/auth/proof", body, content_type="application/json")
    assert answer.json()["code"] == "wrong_password"
