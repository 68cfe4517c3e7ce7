"""The security epoch: changes that raise it, and checks that reject another one."""

import importlib
from urllib.parse import urlsplit

import pyotp
import pytest
from django.apps import apps
from django.test import Client
from rest_framework.test import APIClient

from accounts import (
    auth_session_store,
    email_changes,
    email_tokens,
    security_epoch,
    sessions,
    staff_actions,
    token_rotation,
    totp,
    totp_store,
)
from accounts.models import ApiToken, User
from streamsite.errors import Conflict
from streamsite.mongo.collections import collection
from tests.support.commands import recorded
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD

AUTH = "/api/v1/auth"
NEW = "another battery staple"


def owner():
    return User.objects.get(username="owner")


def sign_in(**body):
    body = {"login": "owner", "password": PASSWORD, "client": "native"} | body
    answer = APIClient().post(f"{AUTH}/token", body, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def bearer(body):
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {body['access']}")


def refresh(body):
    return APIClient().post(f"{AUTH}/token/refresh", {"refresh": body["refresh"]}, format="json")


@pytest.fixture
def held(cast):
    """Open everything the owner's credentials allow: app and web sessions, an API token, a private feed."""
    cast.owner  # noqa: B018 - makes the account
    app, page = sign_in(), cast.page("owner")
    made = bearer(app).post(f"{AUTH}/api-tokens", {"name": "x", "scopes": ["read"]}, format="json")
    feed = bearer(app).post("/api/v1/me/feed/rss").json()["url"]
    return {"app": app, "page": page, "token": made.json()["token"], "feed": urlsplit(feed).path}


def works(held):
    """Return which of the credentials still work."""
    script = APIClient(HTTP_AUTHORIZATION=f"Token {held['token']}")
    answers = {
        "read": bearer(held["app"]).get("/api/v1/me"),
        "write": bearer(held["app"]).patch("/api/v1/me", {"bio": "x"}, format="json"),
        "verify": APIClient().post(f"{AUTH}/token/verify", {"token": held["app"]["access"]}, format="json"),
        "refresh": refresh(held["app"]),
        "page": held["page"].get("/settings/security"),
        "token": script.get("/api/v1/me"),
        "feed": Client().get(held["feed"]),
    }
    if answers["refresh"].status_code == 200:
        held["app"] = answers["refresh"].json()
    return {name for name, answer in answers.items() if answer.status_code == 200}


ALL = {"read", "write", "verify", "refresh", "page", "token", "feed"}


def test_everything_is_refused_at_another_epoch_also_where_a_live_session_was_seen_a_moment_ago(held):
    assert works(held) == ALL
    User.objects.filter(username="owner").update(security_epoch=7)
    assert works(held) == set()
    assert sessions.list_sessions(owner(), None) == []
    assert bearer(sign_in()).get(f"{AUTH}/api-tokens").json()["results"] == []
    assert bearer(sign_in()).get("/api/v1/me/feed/rss").json()["active"] is False


def test_a_missing_epoch_counts_as_zero(held):
    """The previous release stores no epoch, and may run beside this one during an update."""
    for name in (auth_session_store.SESSIONS, "auth_api_token", "subscriptions_privatefeed"):
        collection(name).update_many({}, {"$unset": {"epoch": 1}})
    sessions.clear_cache()
    assert owner().security_epoch == 0
    assert works(held) == ALL
    assert len(sessions.list_sessions(owner(), None)) > 0
    User.objects.filter(username="owner").update(security_epoch=1)
    assert works(held) == set()
    assert sessions.list_sessions(owner(), None) == []


# --- what raises it ---


def set_up(session):
    """Enable the owner's second factor; return its secret and recovery codes."""
    secret = bearer(session).post(f"{AUTH}/totp/setup", {}, format="json").json()["secret"]
    code = pyotp.TOTP(secret).now()
    codes = bearer(session).post(f"{AUTH}/totp/enable", {"otp": code}, format="json").json()["recovery_codes"]
    return secret, codes


def change_password(session):
    body = {"current_password": PASSWORD, "new_password": NEW}
    return bearer(session).post(f"{AUTH}/password/change", body, format="json").json()


def switch_on(session):
    set_up(session)
    return session


def switch_off(session):
    assert totp.is_enabled(owner().pk)
    answer = bearer(session).post(f"{AUTH}/totp/disable", {"otp": CODES.pop()}, format="json")
    assert answer.status_code == 204
    return session


CODES: list[str] = []


@pytest.mark.parametrize("change", [change_password, switch_on, switch_off])
def test_the_session_that_makes_a_change_goes_on_and_everything_else_ends(cast, held, change):
    here = sign_in()
    if change is switch_off:
        CODES[:] = set_up(here)[1]
        held = {**held, "app": sign_in(otp=CODES.pop())}
    before = owner().security_epoch
    renewed = change(here)
    assert works(held) == set()
    assert owner().security_epoch == before + 1
    assert bearer(renewed).patch("/api/v1/me", {"bio": "y"}, format="json").status_code == 200
    assert [row["id"] for row in sessions.list_sessions(owner(), None)] == [here["session_id"]]
    assert refresh({**here, **renewed}).status_code == 200
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("path", ["password", "totp/enable", "totp/disable"])
def test_a_page_that_makes_a_change_goes_on(cast, held, path):
    page = cast.page("owner")
    if path == "password":
        form = {"current_password": PASSWORD, "new_password": NEW}
    else:
        page.post("/settings/security/totp")
        secret = totp.pending_setup(cast.owner)["secret"]
        form = {"otp": pyotp.TOTP(secret).now()}
    if path == "totp/disable":
        assert page.post("/settings/security/totp/enable", form).status_code == 200
        collection(totp_store.FACTORS).update_one({}, {"$set": {"last_step": 0}})
    assert page.post(f"/settings/security/{path}", form).status_code in (200, 302)
    assert works(held) == set()
    assert page.get("/settings/security").status_code == 200
    assert owner().security_epoch == {"password": 1, "totp/enable": 1, "totp/disable": 2}[path]


@pytest.mark.parametrize("end", ["suspend", "close"])
def test_an_account_that_comes_back_revives_nothing(cast, held, end):
    if end == "suspend":
        staff_actions.suspend(owner(), actor=None)
        staff_actions.suspend(owner(), actor=None)  # safe to repeat
        staff_actions.reinstate(owner(), actor=None)
    else:
        bearer(sign_in()).delete("/api/v1/me", {"password": PASSWORD}, format="json")
        body = {"login": "owner", "password": PASSWORD}
        assert APIClient().post(f"{AUTH}/restore", body, format="json").status_code == 200
    assert owner().security_epoch == 2
    collection(auth_session_store.SESSIONS).update_many(
        {}, {"$set": {"revoked_at": None}}
    )  # as if nobody had ended them
    sessions.clear_cache()
    assert works(held) == set()


def test_a_proved_address_ends_nothing(cast, held):
    token = email_tokens.make_email_token(owner(), owner().email)
    assert APIClient().post(f"{AUTH}/email/verify", {"token": token}, format="json").status_code == 200
    assert owner().email_verified
    assert works(held) == ALL


# --- between two reads ---


def test_a_session_that_was_moved_along_is_live_for_who_saw_one_side_of_the_change(held):
    """Another process makes the change, so this one still has the old session or the old user."""
    before, session_id = owner(), held["app"]["session_id"]
    stale = sessions.find_live_session(before, session_id, fresh=False)
    security_epoch.raise_epoch(before, keep=session_id, reason="test")
    sessions._load_live.cache.put((session_id,), stale)
    assert sessions.find_live_session(owner(), session_id, fresh=False)["epoch"] == 1
    assert sessions.find_live_session(before, session_id, fresh=True)["epoch"] == 1
    assert refresh(held["app"]).status_code == 200
    assert sessions.user_id_for_session(session_id) == before.pk


def test_a_rotation_under_the_epoch_of_before_does_not_apply(held):
    session = auth_session_store.find(held["app"]["session_id"])
    moment = sessions.utc_now()
    arguments = (session["_id"], session["gen"])
    assert auth_session_store.rotate(*arguments, 1, moment, session["idle_exp"]) is None
    assert token_rotation.renew_tokens(session["_id"], User(pk=session["user_id"], security_epoch=1)) is None
    assert auth_session_store.rotate(*arguments, 0, moment, session["idle_exp"])["gen"] == 1


def test_of_two_changes_by_one_proof_the_second_is_refused(cast):
    proved = owner() if cast.owner else None
    security_epoch.raise_epoch(proved, reason="test")
    with pytest.raises(Conflict):
        security_epoch.raise_epoch(proved, reason="test", is_active=False)
    assert owner().is_active


def test_a_change_that_fails_leaves_everything_as_it_was(held):
    with pytest.raises(Exception, match="no field named"):
        security_epoch.raise_epoch(owner(), keep=held["app"]["session_id"], reason="test", nonsense=1)
    assert works(held) == ALL


def test_a_password_that_was_checked_before_a_change_changes_no_address(cast, rf):
    proved = owner() if cast.owner else None
    security_epoch.raise_epoch(proved, reason="test")
    with pytest.raises(Conflict):
        email_changes.change_email(rf.post("/"), proved, "thief@example.org", current_password=PASSWORD)
    assert owner().pending_email == ""


def test_an_address_that_was_asked_for_with_the_old_password_is_dropped(cast):
    """Otherwise, whoever knew the old password could confirm the address and reset the new password."""
    thief, here = cast.api("owner"), sign_in()
    body = {"email": "thief@example.org", "current_password": PASSWORD}
    assert thief.post(f"{AUTH}/email/change", body, format="json").status_code == 200
    deliver()
    token = email_tokens.make_email_token(owner(), "thief@example.org")
    change_password(here)
    answer = APIClient().post(f"{AUTH}/email/verify", {"token": token}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "link_invalid")
    assert owner().email == "owner@example.org"


def test_an_object_read_before_a_change_does_not_take_the_epoch_back(cast):
    before = owner() if cast.owner else None
    security_epoch.raise_epoch(before, reason="test")
    before.bio = "written later"
    before.save()
    assert (owner().security_epoch, owner().bio) == (1, "written later")


# --- cost ---


@pytest.mark.usefixtures("uncached_rows")
def test_the_epoch_costs_no_command(held):
    sessions.clear_cache()
    client = bearer(held["app"])
    with recorded() as commands:
        client.get("/api/v1/me")
    assert [c for c in commands if "auth_session" in c or "accounts_user" in c] == [
        "find accounts_user",
        "find auth_session",
    ]
    with recorded() as commands:
        client.get("/api/v1/me")
    assert [c for c in commands if "auth_session" in c or "accounts_user" in c] == ["find accounts_user"]
    with recorded() as commands:
        assert sessions.user_id_for_session(held["app"]["session_id"]) is not None
    assert commands == ["aggregate auth_session"]


# --- data of the previous version ---


def test_sessions_tokens_and_feeds_of_the_previous_version_go_on(held):
    """They had no epoch: the migrations give them their owner's."""
    for name in (auth_session_store.SESSIONS, "auth_api_token", "subscriptions_privatefeed"):
        collection(name).update_many({}, {"$unset": {"epoch": 1}})
        assert collection(name).count_documents({}) > 0
    User.objects.filter(username="owner").update(security_epoch=3)
    for name in ("auth_api_token", "subscriptions_privatefeed"):
        collection(name).update_many({}, {"$set": {"epoch": 0}})  # as AddField does
    for name in (
        "accounts.migrations.0006_security_epoch",
        "subscriptions.migrations.0005_private_feed_epoch",
    ):
        importlib.import_module(name).write_epochs(apps, None)
    sessions.clear_cache()
    assert works(held) == ALL
