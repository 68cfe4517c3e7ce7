"""``PATCH /me/preferences`` and ``preferences`` within ``PATCH /me``."""

import threading

import pytest
from django.db import connections

from accounts.models import User

URL = "/api/v1/me/preferences"
DEFAULTS = {
    "theme": "auto",
    "language": "",
    "time_zone": "",
    "autoplay": True,
    "autoplay_open": True,
    "hover_previews": True,
    "history_paused": False,
    "personalised": True,
    "sensitive_content": "",
    "subscriptions_private": False,
    "subscribers_private": False,
    **dict.fromkeys(
        (
            f"notify_{kind}"
            for kind in [
                "video",
                "post",
                "comment",
                "reply",
                "mention",
                "heart",
                "milestone",
                "processing",
                "share",
                "thread",
                "review",
            ]
        ),
        "page",
    ),
    "email_pace": "daily",
}


def patch(api, body, url=URL, **headers):
    return api.patch(url, body, format="json", headers=headers)


def test_the_full_set_is_always_answered(cast):
    api = cast.api("owner")
    assert api.get("/api/v1/me").json()["preferences"] == DEFAULTS
    assert patch(api, {}).json() == DEFAULTS
    assert patch(api, {"theme": "dark"}).json() == DEFAULTS | {"theme": "dark"}
    assert patch(api, {"autoplay": False}).json() == DEFAULTS | {"theme": "dark", "autoplay": False}
    assert api.get("/api/v1/me").json()["preferences"] == DEFAULTS | {"theme": "dark", "autoplay": False}


def test_preferences_can_be_sent_with_the_profile(cast):
    body = patch(cast.api("owner"), {"bio": "x", "preferences": {"personalised": False}}, "/api/v1/me").json()
    assert (body["bio"], body["preferences"]) == ("x", DEFAULTS | {"personalised": False})


@pytest.mark.parametrize(
    "unknown",
    [{"$where": "1"}, {"a.b": 1}, {"theme.x": "dark"}, {"__proto__": {"x": 1}}, {"is_staff": True}, {"": 1}],
)
def test_unknown_names_are_ignored(cast, unknown):
    assert patch(cast.api("owner"), unknown | {"language": "en"}).json() == DEFAULTS | {"language": "en"}
    assert User.objects.get(pk=cast.owner.pk).preferences == {"language": "en"}


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("value", [None, 1, 0, "yes", "DARK", [], ["auto"], {}, {"$ne": 1}, 1.5])
def test_values_of_another_type_are_field_errors_and_nothing_changes(cast, name, value):
    api = cast.api("owner")
    answer = patch(api, {name: value, "history_paused": True} | {name: value})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [name]
    answer = patch(api, {"preferences": {name: value}, "bio": "x"}, "/api/v1/me")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [f"preferences.{name}"])
    assert patch(api, {}).json() == DEFAULTS
    assert api.get("/api/v1/me").json()["bio"] == ""


@pytest.mark.parametrize("value", [None, 1, "x", [], [{"theme": "dark"}]])
def test_preferences_that_are_no_object_are_a_field_error(cast, value):
    answer = patch(cast.api("owner"), {"preferences": value}, "/api/v1/me")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["preferences"])


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_other_bodies_are_415(cast, kind):
    assert cast.api("owner").patch(URL, b"theme=dark", content_type=kind).status_code == 415


def test_invalid_stored_values_read_as_the_default(cast):
    User.objects.filter(pk=cast.owner.pk).update(preferences={"theme": 5, "autoplay": False, "old": 1})
    assert patch(cast.api("owner"), {}).json() == DEFAULTS | {"autoplay": False}


def test_parallel_changes_of_different_preferences_all_last(cast):
    names = [name for name, value in DEFAULTS.items() if isinstance(value, bool)]
    clients = {name: cast.api("owner") for name in names}

    def change(name):
        patch(clients[name], {name: not DEFAULTS[name]})
        connections.close_all()

    threads = [threading.Thread(target=change, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert patch(cast.api("owner"), {}).json() == DEFAULTS | {name: not DEFAULTS[name] for name in names}


def test_a_stale_version_is_412(cast):
    api = cast.api("owner")
    version = api.get("/api/v1/me")["ETag"]
    assert patch(api, {"theme": "dark"}, **{"If-Match": version}).status_code == 200
    assert patch(api, {"theme": "light"}, **{"If-Match": version}).status_code == 412
    assert patch(api, {"theme": "light"}, **{"If-Match": '"x"'}).status_code == 412


def test_nobody_else_sees_them(cast):
    patch(cast.api("owner"), {"theme": "dark"})
    assert "preferences" not in cast.api("stranger").get("/api/v1/channels/owner").json()
    assert patch(cast.api("anonymous"), {"theme": "dark"}).status_code == 401
