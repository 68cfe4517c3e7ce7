"""Pages in general: fragments for "show more", headers, and names that try to be markup."""

from urllib.parse import quote

import pytest

from videos import tags

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}'


@pytest.fixture
def full(cast):
    """More videos, playlists and subscriptions than a page of three holds."""
    for number in range(5):
        cast.video(title=f"Video {number}")
    for number in range(5):
        cast.api("owner").post(
            "/api/v1/playlists", {"title": f"P{number}", "visibility": "public"}, format="json"
        )
        maker = cast.user(f"maker{number}")
        cast.api("owner").put(f"/api/v1/channels/{maker.username}/subscription")
    cast.api("member").put("/api/v1/channels/owner/subscription")


@pytest.mark.parametrize(
    ("who", "path", "rows"),
    [
        ("anonymous", "/", 2), ("anonymous", "/@owner", 2), ("anonymous", "/@owner/playlists", 2),
        ("member", "/feed", 2),
        ("owner", "/studio/videos", 2), ("owner", "/library", 2), ("owner", "/subscriptions", 2),
    ],
)  # fmt: skip
def test_show_more_gives_the_next_rows_as_a_fragment(cast, full, who, path, rows):
    page = cast.page(who)
    first = page.get(f"{path}?page_size=3")
    assert first.status_code == 200
    url = first.context["page"]["next"]
    more = page.get(url, HTTP_HX_REQUEST="true")
    assert more.status_code == 200
    assert "<html" not in more.content.decode()
    assert len(more.context["page"]["results"]) == rows
    assert "<html" in page.get(url).content.decode()


def test_typed_markup_stays_text(cast):
    cast.owner.full_name = NASTY[:80]
    cast.owner.save()
    video = cast.video(title=NASTY, description=NASTY, tags=[NASTY[:40]])
    playlist = {"title": NASTY, "visibility": "public", "video_ids": [video.pk]}
    playlist_id = cast.api("owner").post("/api/v1/playlists", playlist, format="json").json()["id"]
    said = {"text": NASTY + ' https://x.org/"onclick=1 @owner'}
    path = f"/api/v1/videos/{video.pk}/comments"
    comment = cast.api("owner").post(path, said, format="json").json()["id"]
    post = (
        cast.api("owner")
        .post("/api/v1/posts", {"text": NASTY, "video_id": video.pk}, format="json")
        .json()["id"]
    )
    page = cast.page("owner")
    paths = [
        f"/posts/{post}",
        f"/posts/{post}/edit",
        "/@owner/posts",
        "/",
        "/@owner",
        "/@owner/about",
        "/library",
        "/studio/videos",
        f"/search?q={NASTY}",
        f"/tag/{quote(tags.normalize_tag(NASTY[:40]), safe='')}",
        f"/watch/{video.pk}/menu",
    ]
    paths += [f"/watch/{video.pk}", f"/watch/{video.pk}?list={playlist_id}", f"/studio/videos/{video.pk}"]
    paths += [
        f"/watch/{video.pk}/comments",
        f"/watch/{video.pk}/share",
        f"/comments/{comment}",
        f"/comments/{comment}/edit",
        "/studio/comments",
    ]
    for path in [*paths, f"/playlists/{playlist_id}"]:
        content = page.get(path).content.decode()
        assert "<script>alert" not in content, path
        assert "<img src=x" not in content, path
        assert "{{7*7}}" in content or "49" not in content, path


def test_every_page_has_the_headers(cast):
    answer = cast.page("anonymous").get("/")
    policy = answer["Content-Security-Policy"]
    for part in ("script-src 'self';", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/static/..%2f..%2fmanage.py", "/media/", "/media/sources/x", "/keys"]
)
def test_nothing_else_is_served(cast, path):
    assert cast.page("anonymous").get(path).status_code == 404


def test_pages_of_others_videos_in_the_studio_are_closed(cast):
    video = cast.video()
    hidden = cast.video(visibility="private")
    stranger = cast.page("stranger")
    assert stranger.get(f"/studio/videos/{video.pk}").status_code == 403
    assert stranger.post(f"/studio/videos/{video.pk}/delete").status_code == 403
    assert stranger.get(f"/studio/videos/{hidden.pk}").status_code == 404


def test_the_edit_form_saves_and_shows_problems(cast):
    video = cast.video()
    page = cast.page("owner")
    form = {
        "title": "Renamed",
        "description": "",
        "tags": "a, b",
        "category": "music",
        "language": "",
        "visibility": "unlisted",
    }
    assert page.post(f"/studio/videos/{video.pk}", form).status_code == 302
    body = cast.api("owner").get(f"/api/v1/videos/{video.pk}").json()
    assert (body["title"], body["tags"], body["visibility"], body["allow_embed"]) == (
        "Renamed",
        ["a", "b"],
        "unlisted",
        False,
    )
    wrong = page.post(f"/studio/videos/{video.pk}", form | {"language": "$$"})
    assert wrong.status_code == 400
    assert "language" in wrong.context["form"].errors


@pytest.mark.parametrize(("typed", "meant"), [("/admin", "/admin/"), ("/developers", "/developers/tokens")])
def test_an_address_people_type_leads_to_the_page(cast, typed, meant):
    page = cast.page("anonymous")
    assert (page.get(typed).status_code, page.get(typed)["Location"]) == (302, meant)
    assert page.post(typed).status_code == 405
