"""A login-only site: what an attacker without an account sees of it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import User
from accounts.tests.images import picture
from accounts.web_sessions import SESSION_KEY
from streamsite.mongo.collections import collection
from streamsite.site_settings import live, pages
from tests.support.users import PASSWORD
from videos.files import paths, tokens
from videos.files.urls import media_url
from videos.views import media

SECRET = "Zebra crossing"
# Route names that visitors may open, each for a reason: signing in or up, links that emails carry, probes.
OPEN = {
    *("login-passkey", "oidc-start", "oidc-callback", "oidc-register"),
    *("signin", "signup", "change-password", "help"),
    *("login", "login-code", "register", "register-waiting", "setup", "logout"),
    *("forgot-password", "reset-password", "verify-email", "restore"),
    *("unsubscribe", "unsubscribe-undo", "decision", "private-feed"),
    *("healthz", "readyz", "robots"),
}

# The same for everyone, and nothing of the site's content: shared caches may keep it.
SAME_FOR_ALL = {
    "site-appearance",
    "jwks",
    "favicon",
    "touch-icon",
    "touch-icon-ready",
    "manifest",
    "push-worker",
}
OPEN_NAMES = OPEN | SAME_FOR_ALL | {"language", "dismiss-banner", *(f"page-{name}" for name in pages.TITLES)}


@pytest.fixture
def closed(cast, settings):
    """A site with content that nobody without an account may see."""
    settings.LOGIN_REQUIRED = True
    User.objects.filter(pk=cast.owner.pk).update(full_name=SECRET, bio=SECRET)
    media.forget_all()
    yield cast
    media.forget_all()


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        elif isinstance(entry, URLPattern):
            yield entry, path


def address(path, video):
    """Return a path of a route with plausible arguments."""
    known = {
        "username": "owner",
        "video_id": video.pk,
        "about": "video",
        "name": video.pk,
        "month": "2026-11",
    }
    known |= {"generation": "gen1", "size": "card", "light": "0b6a5b", "dark": "63d6c0"}

    def fill(match):
        kind, _, name = match[1].rpartition(":")
        return known.get(name, "1" if kind == "int" else "AAAAAAAAAAAA")

    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", path)
    path = re.sub(r"<([\w:]+)>", fill, path)
    return "/" + re.sub(r"[\^$\\?]", "", path).replace("(", "").replace(")", "")


def is_closed(answer, path):
    """Return whether an answer comes from before the view: the sign-in page, or 401."""
    if answer.status_code == 302:
        return answer.headers["Location"].startswith(("/login?", "/admin/login/"))
    # Frames and media answer themselves; what takes no body like this one refuses that first.
    is_own = path.startswith(("/embed/", "/media/v/")) and answer.status_code in {404, 405}
    return is_own or answer.status_code in {401, 405, 411, 415}


@pytest.mark.timeout(360)  # asks for every address, twice
def test_every_address_is_closed_to_visitors(closed):
    video = closed.video(title=SECRET, allow_download=True)
    seen, wrong = set(), []
    for entry, pattern in patterns():
        path = address(pattern, video)
        client = Client()
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert SECRET.encode() not in content, path
            if entry.name not in SAME_FOR_ALL:
                assert "public" not in answer.headers.get("Cache-Control", ""), path
            is_sign_in = path.startswith("/api/v1/auth/")
            if entry.name not in OPEN_NAMES and not is_sign_in and not is_closed(answer, path):
                wrong.append((method, path, answer.status_code, answer.headers.get("Location")))
        seen.add(entry.name)
    assert wrong == []
    assert seen >= OPEN


def test_pages_lead_to_the_sign_in_and_back(closed):
    video = closed.video(title=SECRET)
    answer = Client().get(f"/watch/{video.pk}?t=5&list=x")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    assert answer.url == f"/login?next=/watch/{video.pk}%3Ft%3D5%26list%3Dx"
    page = Client()
    form = {"login": closed.member.username, "password": PASSWORD, "next": f"/watch/{video.pk}"}
    assert page.post("/login", form).url == f"/watch/{video.pk}"
    assert SECRET.encode() in page.get(f"/watch/{video.pk}").content


@pytest.mark.parametrize(
    "path", ["videos", "videos/{video}", "search/suggest?q=ze", "channels/owner", "trending", "nothing"]
)
def test_the_api_answers_401(closed, path):
    video = closed.video(title=SECRET)
    answer = APIClient().get(f"/api/v1/{path.format(video=video.pk)}")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    known = 404 if path == "nothing" else 200
    assert closed.api("member").get(f"/api/v1/{path.format(video=video.pk)}").status_code == known


@pytest.mark.parametrize("header", ["Bearer nonsense", "Token sst_nonsense", "Basic YTpi"])
def test_a_wrong_token_opens_nothing(closed, header):
    video = closed.video(title=SECRET)
    for path in (f"/oembed?url=http://localhost:8000/watch/{video.pk}", "/feeds/channels/owner.rss"):
        assert Client().get(path, HTTP_AUTHORIZATION=header).status_code == 401
    assert Client().get("/api/v1/videos", HTTP_AUTHORIZATION=header).status_code == 401


def test_a_good_token_opens_what_programs_read(closed):
    video = closed.video(title=SECRET)
    _, text = closed.api_token(closed.member)
    for header in (f"Bearer {closed.access_token(closed.member)}", f"Token {text}"):
        answer = Client().get("/feeds/channels/owner.rss", HTTP_AUTHORIZATION=header)
        assert (answer.status_code, SECRET.encode() in answer.content) == (200, True)
        assert "private" in answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        path = f"/oembed?url=http://localhost:8000/watch/{video.pk}"
        assert Client().get(path, HTTP_AUTHORIZATION=header).status_code == 200


def files(video):
    """Write a segment of the video; return its address on pages."""
    folder = paths.generation_dir(video.pk, video.generation)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "segment.m4s").write_bytes(b"segment")
    return media_url(video, "segment.m4s")


def test_media_need_an_account_even_with_a_good_address(closed):
    video = closed.video(title=SECRET)
    url = files(video)
    refused = Client().get(url)
    assert refused.status_code == 401
    assert "no-store" in refused.headers["Cache-Control"]
    answer = closed.page("member").get(url)
    assert (answer.status_code, answer.content) == (200, b"segment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    header = f"Bearer {closed.access_token(closed.member)}"
    assert Client().get(url, HTTP_AUTHORIZATION=header).status_code == 200


def test_the_apis_address_of_a_stream_is_good_while_its_session_lives(closed):
    video = closed.video(title=SECRET)
    files(video)
    body = closed.api("member").get(f"/api/v1/videos/{video.pk}").json()
    path = body["hls_url"].replace("http://localhost:8000", "").replace("master.m3u8", "segment.m4s")
    assert "/media/v/h" in path
    assert Client().get(path).status_code == 200
    assert Client().get(path).headers["Cache-Control"] == "private, no-store"
    collection("auth_session").update_many({"user_id": closed.member.pk}, {"$set": {"revoked_at": "now"}})
    media.forget_all()
    assert Client().get(path).status_code == 404


def test_a_member_gets_no_download_that_the_owner_does_not_offer(closed):
    video = closed.video(title=SECRET, allow_download=False)
    folder = paths.generation_dir(video.pk, video.generation)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "download.mp4").write_bytes(b"film")
    body = closed.api("member").get(f"/api/v1/videos/{video.pk}").json()
    path = body["hls_url"].replace("http://localhost:8000", "").replace("master.m3u8", "download.mp4")
    assert Client().get(path).status_code == 404
    mine = closed.api("owner").get(f"/api/v1/videos/{video.pk}").json()
    path = mine["hls_url"].replace("http://localhost:8000", "").replace("master.m3u8", "download.mp4")
    assert Client().get(path).status_code == 200


def test_share_links_open_nothing_for_visitors(closed):
    video = closed.video(title=SECRET, visibility="private")
    made = closed.api("owner").post(f"/api/v1/videos/{video.pk}/share-links", {}, format="json").json()
    path = made["url"].replace("http://localhost:8000", "")
    answer = Client().get(path)
    assert (answer.status_code, SECRET.encode() in answer.content) == (302, False)
    files(video)
    token = tokens.create_page_token(video.pk, "gen1", tokens.SHARED, link_id=made["id"])
    assert Client().get(f"/media/v/{token}/{video.pk}/gen1/segment.m4s").status_code == 401


def test_avatars_need_a_session_that_lives(closed):
    image = SimpleUploadedFile("a.png", picture(), content_type="image/png")
    body = closed.api("owner").put("/api/v1/me/avatar", {"file": image}, format="multipart").json()
    path = body["avatar_url"].replace("http://localhost:8000", "")
    assert Client().get(path).status_code == 401
    page = closed.page("member")
    answer = page.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
    sessions.revoke(page.session[SESSION_KEY], closed.member.pk, "test")
    assert page.get(path).status_code == 401


def test_embeds_refuse_visitors_in_their_frame(closed):
    video = closed.video(title=SECRET)
    answer = Client().get(f"/embed/{video.pk}")
    assert (answer.status_code, SECRET.encode() in answer.content) == (404, False)
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert closed.page("member").get(f"/embed/{video.pk}").status_code == 200


def test_robots_stay_out_and_private_feeds_go_on(closed):
    answer = Client().get("/robots.txt")
    assert (answer.status_code, answer.content) == (200, b"User-agent: *\nDisallow: /\n")
    made = closed.api("member").post("/api/v1/me/feed/rss").json()
    assert Client().get(made["url"].replace("http://localhost:8000", "")).status_code == 200
    assert Client().get("/feeds/private/AAAAAAAAAAAAAAAA.rss").status_code == 404


def test_nothing_that_members_get_is_for_shared_caches(closed):
    closed.video(title=SECRET)
    page, api = closed.page("member"), closed.api("member")
    answers = [page.get(path) for path in ("/", "/trending", "/@owner", "/sitemap.xml", "/api/schema")]
    answers += [api.get(path) for path in ("/api/v1/videos", "/api/v1/channels/owner", "/api/v1/trending")]
    for answer in answers:
        assert answer.status_code == 200
        cache = answer.headers["Cache-Control"]
        assert "public" not in cache
        assert "private" in cache or "no-store" in cache


def test_nothing_opens_while_the_settings_are_not_known(cast, monkeypatch):
    video = cast.video(title=SECRET)
    url = files(video)
    monkeypatch.setattr(live, "are_known", lambda: False)
    media.forget_all()
    for path in (
        "/",
        f"/watch/{video.pk}",
        "/api/v1/videos",
        "/feeds/channels/owner.rss",
        "/sitemap.xml",
        url,
    ):
        answer = Client().get(path)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), path
        assert SECRET.encode() not in answer.content
        assert "public" not in answer.headers.get("Cache-Control", "")
    assert Client().get("/login").status_code == 200
    media.forget_all()


def test_an_open_site_is_as_before(cast):
    video = cast.video(title=SECRET)
    assert Client().get(f"/watch/{video.pk}").status_code == 200
    assert APIClient().get("/api/v1/videos").status_code == 200
    assert Client().get("/robots.txt").content.startswith(b"User-agent: *\n#")
    url = files(video)
    answer = Client().get(url)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
