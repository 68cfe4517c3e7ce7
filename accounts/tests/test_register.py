"""``POST /auth/register``."""

import threading

import pytest
from django.db import connections
from rest_framework.test import APIClient

from accounts.models import User
from tests.support.users import PASSWORD

URL = "/api/v1/auth/register"


def body(**changes):
    return {"username": "alice", "email": "alice@example.org", "password": PASSWORD} | changes


@pytest.fixture
def api(database):
    return APIClient()


def post(api, **changes):
    return api.post(URL, body(**changes), format="json")


def test_a_new_account_is_returned_without_tokens(api):
    answer = post(api, full_name="Alice")
    assert answer.status_code == 201
    account = answer.json()
    assert account["username"] == "alice"
    assert account["full_name"] == "Alice"
    assert not {"access", "refresh", "password"} & account.keys()
    assert User.objects.get(pk=account["id"]).check_password(PASSWORD)


def test_the_username_is_stored_in_lower_case(api):
    assert post(api, username="AliCe").json()["username"] == "alice"


def test_a_taken_username_is_a_field_error(api):
    post(api)
    answer = post(api, username="Alice", email="other@example.org")
    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"
    assert "username" in answer.json()["fields"]


def test_an_email_that_somebody_has_reveals_nothing(api):
    post(api)
    assert post(api, username="bob-the-second").status_code == 201


@pytest.mark.parametrize(
    "username",
    [
        "ab",
        "a" * 31,
        "-abc",
        "abc-",
        "a..b",
        "a b",
        "a/b",
        "аlice",
        "ｆｕｌｌ",
        "admin",
        "api",
        "me",
        "alice\n",
        "İx1",
    ],
)
def test_usernames_outside_the_rule_are_refused(api, username):
    answer = post(api, username=username)
    assert answer.status_code == 400
    assert "username" in answer.json()["fields"]
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "password123456", "alice-alice", "x" * 5000])
def test_weak_and_oversized_passwords_are_refused(api, password):
    answer = post(api, username="alice-alice", password=password)
    assert answer.status_code == 400
    assert "password" in answer.json()["fields"]


@pytest.mark.parametrize("password", ["a very long pass phrase " * 5, "päss wörd mit 🙂 emoji"])
def test_long_and_unicode_passwords_log_in_exactly(api, password):
    assert post(api, password=password).status_code == 201
    good = api.post("/api/v1/auth/token", {"login": "alice", "password": password}, format="json")
    cut = api.post("/api/v1/auth/token", {"login": "alice", "password": password[:-1]}, format="json")
    assert (good.status_code, cut.status_code) == (200, 401)


def test_rights_cannot_be_assigned(api):
    post(api, is_staff=True, is_superuser=True, id="1", role="admin")
    user = User.objects.get(username="alice")
    assert not user.is_staff
    assert not user.is_superuser
    assert user.pk != "1"


@pytest.mark.parametrize("field", ["username", "email", "password"])
@pytest.mark.parametrize("value", [None, 1, True, ["a"], {"$ne": None}])
def test_values_of_another_type_are_field_errors(api, field, value):
    answer = post(api, **{field: value})
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


def test_one_of_many_parallel_registrations_of_a_name_wins(database):
    codes = []

    def register():
        codes.append(post(APIClient(), email="x@example.org").status_code)
        connections.close_all()

    threads = [threading.Thread(target=register) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201] + [400] * 7
    assert User.objects.count() == 1
