"""``POST /auth/token/refresh``: rotation, grace period, reuse, and deletion of the cookie."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts import auth_session_store, sessions
from accounts.models import User
from streamsite.mongo.collections import collection
from tests.support.users import PASSWORD

URL = "/api/v1/auth/token/refresh"


@pytest.fixture
def signed_in(cast):
    """Return a browser client with a refresh cookie."""
    cast.owner  # noqa: B018 - makes the account
    client = APIClient()
    answer = client.post("/api/v1/auth/token", {"login": "owner", "password": PASSWORD}, format="json")
    client.session_id = answer.json()["session_id"]
    client.access = answer.json()["access"]
    return client


def refresh(client, token=None, **headers):
    if token is not None:
        client.cookies["refresh"] = token
    return client.post(URL, **({"HTTP_X_REQUESTED_WITH": "test"} | headers))


def age(session_id, seconds):
    """Move the last rotation into the past."""
    earlier = datetime.now(UTC) - timedelta(seconds=seconds)
    collection(auth_session_store.SESSIONS).update_one({"_id": session_id}, {"$set": {"rotated_at": earlier}})


def test_a_refresh_rotates_the_token(signed_in):
    first = signed_in.cookies["refresh"].value
    answer = refresh(signed_in)
    assert answer.status_code == 200
    assert answer.cookies["refresh"].value != first
    assert answer.json()["session_id"] == signed_in.session_id
    assert auth_session_store.find(signed_in.session_id)["gen"] == 1


def test_a_lost_answer_is_repeated_within_the_grace(signed_in):
    first = signed_in.cookies["refresh"].value
    second = refresh(signed_in).cookies["refresh"].value
    again = refresh(signed_in, first)
    assert again.status_code == 200
    assert again.cookies["refresh"].value == second
    assert auth_session_store.find(signed_in.session_id)["gen"] == 1


def test_a_used_token_after_the_grace_revokes_the_session(signed_in):
    first = signed_in.cookies["refresh"].value
    second = refresh(signed_in).cookies["refresh"].value
    age(signed_in.session_id, 11)
    assert refresh(signed_in, first).json()["code"] == "refresh_reused"
    assert refresh(signed_in, second).json()["code"] == "session_revoked"


def test_a_grandparent_revokes_the_family_at_once(signed_in):
    first = signed_in.cookies["refresh"].value
    refresh(signed_in)
    third = refresh(signed_in).cookies["refresh"].value
    assert refresh(signed_in, first).json()["code"] == "refresh_reused"
    assert refresh(signed_in, third).json()["code"] == "session_revoked"
    sessions.clear_cache()
    answer = APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {signed_in.access}")
    assert answer.json()["code"] == "session_revoked"


def test_parallel_refreshes_rotate_once_and_agree(signed_in):
    first = signed_in.cookies["refresh"].value
    answers = []

    def go():
        answers.append(refresh(APIClient(), first))
        connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.cookies["refresh"].value for answer in answers}) == 1
    assert auth_session_store.find(signed_in.session_id)["gen"] == 1


def test_a_refusal_deletes_the_cookie(signed_in):
    answer = refresh(signed_in, "nonsense")
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_invalid")
    cookie = answer.cookies["refresh"]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/api/v1/auth")


def test_without_any_token_it_is_missing(database):
    assert refresh(APIClient()).json()["code"] == "refresh_missing"


def test_an_access_token_is_no_refresh_token(signed_in):
    assert refresh(signed_in, signed_in.access).json()["code"] == "refresh_invalid"


def test_a_refresh_token_is_no_access_token(signed_in):
    token = signed_in.cookies["refresh"].value
    assert (
        APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}").json()["code"] == "token_invalid"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_REQUESTED_WITH": ""},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
    ],
)
def test_other_sites_cannot_refresh_and_the_cookie_stays(signed_in, headers):
    answer = refresh(signed_in, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert "refresh" not in answer.cookies
    assert refresh(signed_in).status_code == 200


def test_the_transport_is_fixed_at_sign_in(signed_in):
    token = signed_in.cookies["refresh"].value
    answer = APIClient().post(URL, {"refresh": token}, format="json")
    assert answer.json()["code"] == "refresh_missing"


def test_a_native_client_refreshes_in_the_body(cast):
    cast.owner  # noqa: B018
    body = {"login": "owner", "password": PASSWORD, "client": "native"}
    token = APIClient().post("/api/v1/auth/token", body, format="json").json()["refresh"]
    answer = APIClient().post(URL, {"refresh": token}, format="json")
    assert answer.status_code == 200
    assert answer.json()["refresh"] != token
    assert "refresh" not in answer.cookies


def test_idle_and_absolute_ends_expire_the_session(signed_in):
    past = datetime.now(UTC) - timedelta(seconds=1)
    collection(auth_session_store.SESSIONS).update_one(
        {"_id": signed_in.session_id}, {"$set": {"abs_exp": past}}
    )
    assert refresh(signed_in).json()["code"] == "session_expired"


@pytest.mark.parametrize("gone", ["inactive", "deleted"])
def test_without_an_active_user_it_is_401(signed_in, cast, gone):
    if gone == "deleted":
        User.objects.filter(pk=cast.owner.pk).delete()
    else:
        User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert refresh(signed_in).json()["code"] == "user_inactive"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post_is_allowed(database, method):
    answer = getattr(APIClient(), method)(URL)
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]


def test_logout_ends_the_session_and_can_be_repeated(signed_in):
    token = signed_in.cookies["refresh"].value
    out = signed_in.post("/api/v1/auth/logout", HTTP_X_REQUESTED_WITH="test")
    assert out.status_code == 204
    assert out.cookies["refresh"].value == ""
    signed_in.cookies.clear()
    assert signed_in.post("/api/v1/auth/logout").status_code == 204
    assert refresh(signed_in, token).json()["code"] == "session_revoked"


def test_logout_all_and_the_list_of_sessions(signed_in, cast):
    other = cast.access_token(cast.owner)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {signed_in.access}"}
    listed = APIClient().get("/api/v1/auth/sessions", **bearer).json()["results"]
    assert [entry["current"] for entry in listed if entry["id"] == signed_in.session_id] == [True]
    assert len(listed) == 2
    assert APIClient().post("/api/v1/auth/logout-all", **bearer).json() == {"revoked": 2}
    answer = APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {other}")
    assert answer.json()["code"] == "session_revoked"


def test_a_foreign_session_cannot_be_ended(signed_in, cast):
    foreign = cast.api("stranger").delete(f"/api/v1/auth/sessions/{signed_in.session_id}")
    assert foreign.status_code == 404
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {signed_in.access}"}
    url = f"/api/v1/auth/sessions/{signed_in.session_id}"
    assert APIClient().delete(url, **bearer).status_code == 204
    assert refresh(signed_in).json()["code"] == "session_revoked"
