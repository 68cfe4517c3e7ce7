"""Addresses that people guess, or know from other sites, lead where they should."""

import pytest

from streamsite.site_settings import sections, services
from streamsite.site_settings.pages import Pages

PAGES = {
    "/signup": "/register",
    "/signin": "/login",
    "/account": "/settings",
    "/docs": "/developers/tokens",
    "/api": "/api/docs",
    "/studio/upload": "/upload",
    "/studio/analytics": "/studio",
    "/playlists": "/library",
    "/.well-known/change-password": "/settings/security",
}
EVIL = ("//evil.example", "https:%2F%2Fevil.example", "%2F%2Fevil.example", "..%2F..%2Fadmin", "%0d%0aX:1")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_found_under_its_other_name(cast, path):
    page = cast.page("member")
    for query in ("", "?next=/feed&days=7"):
        answer = page.get(path + query)
        assert (answer.status_code, answer["Location"]) == (302, PAGES[path] + query)
    assert page.get(f"{path}/?a=1")["Location"] == f"{path}?a=1"
    assert page.get(PAGES[path]).status_code in {200, 302}
    assert page.post(path).status_code == 405


@pytest.mark.parametrize(
    ("query", "rest"),
    [("", ""), ("&t=90", "?t=90"), ("&t=1m30s&list=PL1&index=2", "?t=1m30s&list=PL1&index=2")],
)
def test_a_video_is_found_by_its_query(cast, query, rest):
    video = cast.video()
    answer = cast.page("anonymous").get(f"/watch?v={video.pk}{query}")
    assert (answer.status_code, answer["Location"]) == (301, f"/watch/{video.pk}{rest}")
    assert cast.page("anonymous").get(answer["Location"]).status_code == 200


def test_the_redirect_tells_nothing_about_videos(cast):
    hidden = cast.video(visibility="private")
    page = cast.page("anonymous")
    for video_id in (hidden.pk, "AAAAAAAAAAA"):
        answer = page.get(f"/watch?v={video_id}")
        assert (answer.status_code, answer["Location"]) == (301, f"/watch/{video_id}")
        assert page.get(answer["Location"]).status_code == 404


@pytest.mark.parametrize("path", ["/watch?v=", "/c/", "/channel/", "/user/"])
def test_what_is_unknown_is_404_and_no_redirect_leaves_the_site(cast, path):
    page = cast.page("anonymous")
    for name in ("", "nobody", "AAAAAAAAAAAAAAAA", "a" * 300, *EVIL):
        answer = page.get(path + name)
        assert (answer.status_code, answer.get("Location")) == (404, None), name
    assert page.get("/watch").status_code == 404


@pytest.mark.parametrize("path", ["/c/owner", "/user/Owner", "/c/@owner", "/channel/owner", "/channel/{id}"])
def test_a_channel_is_found_by_other_sites_addresses(cast, path):
    path = path.format(id=cast.owner.pk)
    answer = cast.page("anonymous").get(f"{path}?sort=oldest")
    assert (answer.status_code, answer["Location"]) == (302, "/@owner?sort=oldest")
    cast.owner.is_active = False
    cast.owner.save()
    assert cast.page("anonymous").get(path).status_code == 404


def test_help_is_the_page_that_the_site_has(cast):
    page = cast.page("anonymous")
    assert page.get("/help").status_code == 404
    for name in ("about", "contact"):
        services.save(sections.section_of(Pages), {name: {"en": "Hello"}})
        answer = page.get("/help")
        assert (answer.status_code, answer["Location"]) == (302, f"/{name}")
    assert page.get("/help/")["Location"] == "/help"


def test_a_link_to_the_sign_out_asks(cast):
    page = cast.page("member")
    assert b"@member" in page.get("/logout").content
    assert page.get("/feed").status_code == 200
    assert page.post("/logout")["Location"] == "/"
    assert page.get("/feed")["Location"].startswith("/login")
    answer = page.get("/logout")
    assert (answer.status_code, answer["Location"]) == (302, "/")
