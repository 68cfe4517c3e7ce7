"""``PATCH /me``: name, bio, links; versions; and registration with images."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from rest_framework.test import APIClient

from accounts import image_storage
from accounts.models import User
from accounts.tests.images import SVG, picture, png_bomb
from tests.support.users import PASSWORD

URL = "/api/v1/me"


def patch(api, body, **headers):
    return api.patch(URL, body, format="json", headers=headers)


def folders():
    place = image_storage.folder_path("x").parent
    return {path.name for path in place.iterdir()} if place.is_dir() else set()


def test_name_text_and_links_are_cleaned_and_kept(cast):
    api = cast.api("owner")
    given = {
        "full_name": " Ann\u202e  Other\n",
        "bio": "One\r\nTwo\x07",
        "links": ["https://example.org/a?b=c#d", " http://münchen.example/ ", "https://example.org/a?b=c#d"],
    }
    body = patch(api, given).json()
    assert body["full_name"] == "Ann Other"
    assert body["bio"] == "One\nTwo"
    assert body["links"] == ["https://example.org/a?b=c#d", "http://münchen.example/"]
    assert api.get(URL).json() == body
    assert cast.api("anonymous").get("/api/v1/channels/owner").json()["links"] == body["links"]


def test_missing_fields_stay_unchanged(cast):
    api = cast.api("owner")
    patch(api, {"full_name": "Ann", "bio": "Text", "links": ["https://a.example"]})
    body = patch(api, {"bio": ""}).json()
    assert (body["full_name"], body["bio"], body["links"]) == ("Ann", "", ["https://a.example"])


@pytest.mark.parametrize(
    "link",
    [
        "",
        "example.org",
        "//example.org",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "mailto:a@example.org",
        "https://",
        "https:///path",
        "https://user@example.org",
        "https://user:secret@example.org",
        "https://example.org@evil.example",
        "https://example.org\\@evil.example",
        "https://exa mple.org",
        "https://example.org/a\nb",
        "https://example.org/a\tb",
        "https://example.org/\x00",
        "https://example.org/\u202ecod",
        "https://example.org/\u200b",
        'https://example.org/"onmouseover=x',
        "https://example.org/<script>",
        "https://example.org:99999",
        "https://[::1",
        "https://example.org/" + "a" * 300,
    ],
)
def test_other_links_are_refused(cast, link):
    answer = patch(cast.api("owner"), {"full_name": "New", "links": ["https://good.example", link]})
    assert answer.status_code == 400
    assert answer.json()["code"] in {"validation_error", "parse_error"}
    user = User.objects.get(pk=cast.owner.pk)
    assert (user.links, user.full_name) == ([], "")


def test_a_bad_link_is_named_by_its_place(cast):
    fields = patch(cast.api("owner"), {"links": ["https://good.example", "ftp://x"]}).json()["fields"]
    assert fields["links"][0].startswith("Link 2:")


def test_ten_links_are_the_most(cast):
    links = [f"https://example.org/{number}" for number in range(11)]
    assert patch(cast.api("owner"), {"links": links[:10]}).status_code == 200
    assert "links" in patch(cast.api("owner"), {"links": links}).json()["fields"]


@pytest.mark.parametrize("field", ["full_name", "bio"])
@pytest.mark.parametrize("value", [None, 1, True, ["a"], {"$ne": 1}])
def test_text_of_another_type_is_a_field_error(cast, field, value):
    answer = patch(cast.api("owner"), {field: value})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


@pytest.mark.parametrize(
    "value", [None, 1, "https://a.example", {"$set": "x"}, [1], [None], [["x"]], [{"$gt": ""}], [True]]
)
def test_links_of_another_type_are_a_field_error(cast, value):
    answer = patch(cast.api("owner"), {"links": value})
    assert answer.status_code == 400
    assert all(name.split(".")[0] == "links" for name in answer.json()["fields"])


@pytest.mark.parametrize(("field", "length"), [("full_name", 81), ("bio", 2001)])
def test_longer_texts_are_refused(cast, field, length):
    assert field in patch(cast.api("owner"), {field: "x" * length}).json()["fields"]


def test_nothing_else_can_be_assigned(cast):
    api = cast.api("owner")
    before = api.get(URL).json()
    writable = {"full_name", "bio", "links", "preferences", "is_sensitive"}
    strange = {
        name: "x" if isinstance(value, str) or value is None else 77
        for name, value in before.items()
        if name not in writable
    }
    extra = {"avatar": "A" * 16, "cover": "A" * 16, "is_superuser": True, "password": "x", "is_active": False}
    answer = patch(api, strange | extra | {"profile_version": 9, "subscriber_count": 5, "email_key": "x"})
    assert answer.status_code == 200
    assert api.get(URL).json() == before


# Versions.


def test_a_stale_change_is_refused(cast):
    api = cast.api("owner")
    first = api.get(URL)["ETag"]
    second = patch(api, {"bio": "one"}, **{"If-Match": first})["ETag"]
    assert first != second
    assert patch(api, {"bio": "two"}, **{"If-Match": first}).status_code == 412
    assert patch(api, {}, **{"If-Match": first}).status_code == 412
    assert patch(api, {"bio": "three"}, **{"If-Match": second}).status_code == 200
    assert api.get(URL).json()["bio"] == "three"


def test_of_parallel_changes_to_one_version_one_wins(cast):
    clients = [cast.api("owner") for _ in range(6)]
    version = clients[0].get(URL)["ETag"]
    codes = []

    def change(number, client):
        codes.append(patch(client, {"bio": str(number)}, **{"If-Match": version}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=change, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [412] * 5


# Registering with pictures.


def form(**changes):
    return {"username": "alice", "email": "alice@example.org", "password": PASSWORD} | changes


def image(content, name="a.png"):
    return SimpleUploadedFile(name, content, "image/png")


def register(**changes):
    return APIClient().post("/api/v1/auth/register", form(**changes), format="multipart")


def test_an_account_can_be_registered_with_its_pictures(database):
    answer = register(full_name="Alice", avatar=image(picture("JPEG")), cover=image(picture("WEBP")))
    assert answer.status_code == 201
    body = answer.json()
    for name in ("avatar_url", "avatar_small_url", "cover_url", "cover_small_url"):
        assert APIClient().get(body[name]).status_code == 200


def test_a_form_without_pictures_registers_too(database):
    answer = register()
    assert (answer.status_code, answer.json()["avatar_url"]) == (201, None)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"avatar": SVG}, ["avatar"]),
        ({"avatar": picture(), "cover": png_bomb()}, ["cover"]),
        ({"avatar": SVG, "cover": b""}, ["avatar", "cover"]),
        ({"avatar": picture(), "username": "admin"}, ["username"]),
    ],
)
def test_a_bad_field_leaves_no_account_and_no_file(database, changes, fields):
    before = folders()
    sent = {name: image(value) if isinstance(value, bytes) else value for name, value in changes.items()}
    answer = register(**sent)
    assert (answer.status_code, sorted(answer.json()["fields"])) == (400, fields)
    assert not User.objects.exists()
    assert folders() == before


def test_a_taken_name_leaves_no_file(database):
    register()
    before = folders()
    assert register(email="b@example.org", avatar=image(picture())).status_code == 400
    assert folders() == before


def test_a_picture_as_text_is_a_field_error(database):
    assert list(register(avatar="https://example.org/a.png").json()["fields"]) == ["avatar"]
    assert list(register(username=image(picture())).json()["fields"]) == ["username"]


def test_pictures_that_are_too_large_are_413(database):
    large = image(picture() + b"\0" * 10_500_000)
    answer = register(avatar=large)
    assert (answer.status_code, answer.json()["fields"].keys()) == (413, {"avatar"})
    assert register(avatar=image(b"\0" * 22_000_000)).status_code == 413
    assert not User.objects.exists()
