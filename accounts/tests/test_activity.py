"""The audit trail, and the hashed cookies in the database."""

from rest_framework.test import APIClient

from accounts import auth_session_store, sessions
from accounts.models import AuthEvent
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD

ACTIVITY = "/api/v1/auth/activity"


def events(client):
    return [(row["what"], row["result"]) for row in client.get(ACTIVITY).json()["results"]]


def test_the_owner_sees_what_happened(cast):
    client = cast.api("owner")
    body = {"login": "owner", "password": PASSWORD}
    APIClient().post("/api/v1/auth/token", body, format="json", HTTP_USER_AGENT="a program")
    APIClient().post("/api/v1/auth/token", body | {"password": "wrong"}, format="json")
    assert events(client) == [("login", "invalid_credentials"), ("login", "ok")]
    row = client.get(ACTIVITY).json()["results"][1]
    assert row["user_agent"] == "a program"
    assert row["ip_prefix"] == "127.0.0.0/24"
    assert events(cast.api("stranger")) == []


def test_typed_text_is_not_stored(cast):
    cast.owner  # noqa: B018
    for body in (
        {"login": "my-secret-password", "password": "x"},
        {"login": "owner", "password": "my-secret-password"},
    ):
        APIClient().post("/api/v1/auth/token", body, format="json")
    assert AuthEvent.objects.count() == 2
    assert "my-secret" not in str(list(collection("auth_event").find()))


def test_events_come_in_pages(cast):
    client = cast.api("owner")
    for _ in range(3):
        APIClient().post("/api/v1/auth/token", {"login": "owner", "password": "wrong"}, format="json")
    first = client.get(ACTIVITY, {"page_size": 2}).json()
    assert len(first["results"]) == 2
    assert len(client.get(first["next"]).json()["results"]) == 1
    page = cast.page("owner")
    assert (
        page.get("/settings/security/activity").content.decode().count("incorrect username or password") == 3
    )


def test_a_reused_token_is_recorded_and_mailed_once(cast):
    cast.owner  # noqa: B018
    client = APIClient(HTTP_X_REQUESTED_WITH="test")
    answer = client.post("/api/v1/auth/token", {"login": "owner", "password": PASSWORD}, format="json")
    first = client.cookies["refresh"].value
    client.post("/api/v1/auth/token/refresh")
    client.post("/api/v1/auth/token/refresh")
    for _ in range(2):
        thief = APIClient(HTTP_X_REQUESTED_WITH="test")
        thief.cookies["refresh"] = first
        thief.post("/api/v1/auth/token/refresh")
    assert (
        AuthEvent.objects.filter(what="refresh_reused", session_id=answer.json()["session_id"]).count() == 1
    )
    assert [message.subject for message in deliver()] == [
        "Streamsite: Security alert: a device was signed out"
    ]


def test_the_page_cookie_is_not_in_the_database(cast):
    page = cast.page("owner")
    value = page.cookies["session"].value
    assert page.get("/settings/security").status_code == 200
    assert value not in str(list(collection("django_session").find()))
    page.logout()
    assert collection("django_session").count_documents({}) == 0


def test_revoking_the_others_keeps_this_device(cast):
    page, other = cast.page("owner"), cast.page("owner")
    assert page.post("/settings/sessions/revoke-others").status_code == 302
    sessions.clear_cache()
    assert page.get("/settings/sessions").status_code == 200
    assert other.get("/settings/sessions").status_code == 302


def test_no_more_than_fifty_sessions_live(cast):
    for _ in range(52):
        cast.access_token(cast.owner)
    live = collection(auth_session_store.SESSIONS).count_documents(
        {"user_id": cast.owner.pk, "revoked_at": None}
    )
    assert live == 50
