"""A slash at the end of an address: nothing to the API, a redirect on pages. Every route of the site is asked."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, is_valid_path, resolve

from streamsite import origin
from tests.test_routes import METHODS, ROUTES

SAMPLES = {"str": "sample", "slug": "sample", "path": "folder/sample", "int": "1"}
PAGE_ELSEWHERE = "https://page.example"
# Answered before all routes, with and without a slash.
PROBES = {"/healthz", "/readyz"}


def patterns(resolver=None, prefix=""):
    """Yield the address of every route outside the administration, with samples for its arguments, and its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from () if entry.namespace == "admin" else patterns(entry, where)
        elif isinstance(entry, URLPattern) and not where.startswith("^"):
            yield "/" + re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found[1]], where), entry.callback


PAGES = {
    path: view
    for path, view in patterns()
    if not path.startswith("/api/") and not path.endswith("/") and path not in {*PROBES, "/admin"}
}


def answer_of(client, method, url):
    """Return what must not depend on the slash: status, content and headers without what is new in each answer."""
    answer = getattr(client, method)(url)
    headers = {
        name: value
        for name, value in answer.headers.items()
        if not name.startswith("RateLimit-") and name not in {"X-Request-Id", "Set-Cookie", "Content-Length"}
    }
    return answer.status_code, re.sub(rb'"(request_id|as_of)":"[^"]*"', b"", answer.content), headers


def test_every_route_of_the_api_answers_the_same_with_a_slash(cast, monkeypatch):
    monkeypatch.setattr("streamsite.api.throttling.GroupThrottle.allow_request", lambda *_: True)
    names = {"video": cast.video().pk, "secret": cast.video(visibility="private").pk}
    owner, stranger, anonymous = cast.api("owner"), cast.api("stranger"), cast.api("anonymous")
    names["playlist"] = owner.post("/api/v1/playlists", {"title": "Mine"}, format="json").json()["id"]
    wrong = []
    for path, rows in ROUTES.values():
        url = f"/api/v1/{path.format(**names)}"
        for client, method in ((stranger, "get"), (anonymous, "head"), (anonymous, "options")):
            plain, slashed = (answer_of(client, method, url + end) for end in ("", "/"))
            if plain != slashed:
                wrong.append((method, url, plain, slashed))
        for method in METHODS:
            status = getattr(anonymous, method)(url + "/").status_code
            if status not in ({rows[method][0]} if method in rows else {401, 405}):
                wrong.append((method, url, status))
    assert wrong == []
    for path in ("/api/schema", "/api/docs"):
        assert Client().get(path + "/").content[:1000] == Client().get(path).content[:1000]


def test_links_and_cursors_of_the_api_are_those_of_the_address_without_a_slash(cast):
    for _ in range(3):
        cast.video()
    client = cast.api("anonymous")
    plain, slashed = (client.get(f"/api/v1/videos{end}?page_size=2").json() for end in ("", "/"))
    assert slashed["next"].startswith(f"{origin.current()}/api/v1/videos?page_size=2&cursor=")
    assert slashed["results"] == plain["results"]
    cursor = slashed["next"].partition("cursor=")[2]
    rest = [client.get(f"/api/v1/videos{end}?page_size=2&cursor={cursor}").json() for end in ("", "/")]
    assert [len(page["results"]) for page in rest] == [1, 1]
    assert rest[0]["previous"].partition("?")[0] == rest[1]["previous"].partition("?")[0]
    owner = cast.api("owner")
    first, again = (
        owner.post(f"/api/v1/playlists{end}", {"title": "A"}, format="json", HTTP_IDEMPOTENCY_KEY="key")
        for end in ("", "/")
    )
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    begun = owner.post(
        "/api/v1/uploads/", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_LENGTH="5", content_type=None
    )
    assert begun.status_code == 201
    assert re.fullmatch(r"/api/v1/uploads/[\w-]+", begun["Location"])
    assert owner.head(begun["Location"] + "/", HTTP_TUS_RESUMABLE="1.0.0")["Upload-Offset"] == "0"


def test_an_unknown_address_stays_unknown_with_a_slash(cast):
    client = cast.api("anonymous")
    for path in ("/api/v1/", "/api/v1/nowhere/", "/api/v1/videos//", "/api/v1/videos//x/"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    for path in ("/nowhere/", "/trending//", "/static/css/base.css/", "/watch/a/b/", "/.well-known/nothing/"):
        assert cast.page("anonymous").get(path).status_code == 404, path


@pytest.mark.parametrize("path", PAGES)
def test_every_page_with_a_slash_redirects_to_its_address(prepared_database, path):
    # Answered without the database: nothing about what is there is told.
    client = Client()
    for method, status in {"get": 301, "head": 301, "post": 308, "put": 308, "delete": 308}.items():
        answer = getattr(client, method)(f"{path}/?a=1&b=%2F%20x&a=2")
        assert (answer.status_code, answer.get("Location")) == (status, f"{path}?a=1&b=%2F%20x&a=2"), method
    assert client.get(f"{path}/")["Location"] == path
    assert not is_valid_path(f"{path}/") or path.startswith("/media/v/")


def test_the_walk_found_the_routes():
    assert {
        "/trending",
        "/api",
        "/watch",
        "/watch/sample",
        "/oembed",
        "/embed/playlist/sample",
        "/robots.txt",
    } <= PAGES.keys()
    assert {"/feeds/channels/sample.rss", "/media/v/sample/sample/sample/folder/sample"} <= PAGES.keys()


def test_the_administration_keeps_its_slashes(cast):
    _, admin = get_resolver().namespace_dict["admin"]
    paths = [f"/admin/{entry.pattern}" for entry in admin.url_patterns if isinstance(entry, URLPattern)]
    ending = [path for path in paths if path.endswith("/")]
    assert len(ending) > 3
    for path in ("/admin/", *ending, "/admin/videos/video/", "/admin/videos/video/sample/change/"):
        answer = cast.page("anonymous").get(path)
        assert answer.status_code != 301, path
        assert answer.get("Location", "/").startswith("/"), path
    assert cast.page("anonymous").get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert cast.page("anonymous").get("/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/search/?q=a+b%26c&sort=newest", "/search?q=a+b%26c&sort=newest"),
        ("/search/?q=é", "/search?q=%C3%A9"),
        # What is quoted stays quoted: it is no query string, fragment or second slash.
        ("/@some%3Fone/", "/@some%3Fone"),
        ("/@some%23one/?x", "/@some%23one?x"),
        ("/@some%25one/", "/@some%25one"),
        ("/@%5Cevil.example/", "/@%5Cevil.example"),
        ("/search/?q=//evil.example/%0d%0aX:1", "/search?q=//evil.example/%0d%0aX:1"),
    ],
)
def test_a_redirect_says_the_same_address(cast, asked, target):
    answer = cast.page("anonymous").get(asked)
    assert (answer.status_code, answer["Location"]) == (301, target)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "////evil.example/", "/\\evil.example/", "/\\\\evil.example/", "//evil.example//"],
)
def test_no_redirect_leads_to_another_host(cast, path):
    for method in ("get", "head", "post"):
        answer = getattr(Client(), method)("/", PATH_INFO=path)
        assert (answer.status_code, answer.get("Location")) == (404, None)


def test_a_page_elsewhere_may_follow_the_redirects_of_what_it_may_read(cast):
    client = Client()
    video = cast.video()
    for path in ("/oembed/?url=x", f"/files/{video.pk}/poster.jpg/", "/feeds/channels/owner.rss/"):
        answer = client.get(path, HTTP_ORIGIN=PAGE_ELSEWHERE)
        assert answer.status_code == 301
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Origin" not in client.get("/trending/", HTTP_ORIGIN=PAGE_ELSEWHERE)
    # Browsers do not follow the redirect of a preflight.
    asked = {"HTTP_ORIGIN": PAGE_ELSEWHERE, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "GET"}
    assert client.options("/feeds/channels/owner.rss/", **asked).status_code == 204
    for path in ("/trending", "/feeds/channels/owner.rss"):
        plain, slashed = (client.options(path + end, **asked) for end in ("", "/"))
        assert (plain.status_code, plain.get("Allow")) == (slashed.status_code, slashed.get("Allow"))


def test_an_address_with_a_slash_is_understood_wherever_one_is_pasted(cast):
    video = cast.video()
    for path in (f"/watch/{video.pk}/", f"/embed/{video.pk}/", "/@owner/"):
        answer = cast.page("anonymous").get("/oembed", {"url": f"{origin.current()}{path}?t=1"})
        assert answer.status_code == 200, path
    assert resolve(f"/watch/{video.pk}").url_name == "watch"
