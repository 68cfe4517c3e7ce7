"""Pages of people who are signed in: reading changes nothing, writing needs a token, frames are closed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from streamsite.mongo.collections import collection
from tests.support.users import PASSWORD, Cast

# What a look may leave behind: counters that go by themselves, and the page's own session.
EPHEMERAL = {"throttle", "django_session"}


def page_paths(resolver: URLResolver | None = None, prefix: str = "") -> list[str]:
    """Every page's path, with ids that exist for the owner put in later."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not path.startswith(("api/", "admin/")):
                found += page_paths(entry, path)
        elif isinstance(entry, URLPattern) and not path.startswith(("^", "api", "media", "admin")):
            found.append(path)
    return sorted(set(found))


def contents() -> dict[str, list[str]]:
    """Everything that is stored, by collection."""
    database = collection("x").database
    return {
        name: sorted(str(document) for document in database[name].find())
        for name in database.list_collection_names()
        if name not in EPHEMERAL and not name.startswith("system.")
    }


@pytest.fixture
def paths(cast: Cast) -> list[str]:
    """Every page with the owner's things in the place of ids."""
    video = cast.video()
    sent = {"language": "en", "cues": [{"start": 0, "end": 1, "text": "x"}]}
    url = f"/api/v1/videos/{video.pk}/captions"
    track = cast.api("owner").post(url, sent, format="json").json()["id"]
    playlist = cast.api("owner").post("/api/v1/playlists", {"title": "Mine"}, format="json").json()["id"]
    said = {"text": "Hello @owner at 0:01"}
    comment = cast.api("owner").post(f"/api/v1/videos/{video.pk}/comments", said, format="json").json()["id"]
    post = cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json").json()["id"]
    hook = {"url": "https://example.org/", "events": ["video.ready"]}
    webhook = cast.api("owner").post("/api/v1/webhooks", hook, format="json").json()["id"]
    values = {
        "<str:webhook_id>": webhook,
        "<str:delivery_id>": "x" * 16,
        "<str:post_id>": post,
        "<str:video_id>": video.pk,
        "<str:playlist_id>": playlist,
        "<str:username>": "owner",
        "<str:slug>": "music",
        "<str:tag>": "day",
        "<str:session_id>": "x" * 22,
        "<str:export_id>": "x" * 16,
        "<str:import_id>": "x" * 16,
        "<str:token_id>": "x" * 16,
        "<str:passkey_id>": "x" * 16,
        "<str:provider_id>": "x" * 16,
        "<str:identity_id>": "x" * 16,
        "<slug:provider_id>": "x" * 16,
        "<str:item_id>": "x" * 16,
        "<str:caption_id>": track,
        "<str:invite_id>": "x" * 16,
        "<str:comment_id>": comment,
        "<str:about>/<str:name>": f"video/{video.pk}",
        "<str:name>": "owner",
        "<str:token>": "x" * 20,
        "<str:folder>": "x" * 16,
        "<path:tag>": "day",
        "<str:month>": f"{video.published_at:%Y-%m}",
    }
    found = []
    for path in page_paths():
        for name, value in values.items():
            path = path.replace(name, value)
        assert "<" not in path, f"{path}: name a value for it here"
        found.append(f"/{path}")
    return found


def test_no_get_changes_state(cast: Cast, paths: list[str]) -> None:
    """Every page is read twice by its owner; what is stored stays the same to the letter."""
    page = cast.page("owner")
    page.get("/")
    before = contents()
    for path in [*paths, *paths]:
        # 403: the set-up page without its token.
        assert page.get(path).status_code in {200, 302, 304, 400, 403, 404, 405}, path
    assert contents() == before
    assert len(paths) > 30


def test_no_page_can_be_framed_and_none_has_inline_scripts(cast: Cast, paths: list[str]) -> None:
    page = cast.page("owner")
    for path in paths:
        if path.startswith("/embed/"):
            continue  # the one page that is made for frames: tests/test_player.py
        answer = page.get(path)
        policy = answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY", path
        for rule in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "script-src 'self';"):
            assert rule in policy, path
        if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
            is_checked = re.search(rb'<meta name="account" content="\w+">', answer.content)
            kept = "no-cache" in answer["Cache-Control"] and is_checked
            assert kept or "no-store" in answer["Cache-Control"], path


def test_no_page_is_kept_by_a_shared_cache_for_somebody_else(cast: Cast, paths: list[str]) -> None:
    page = cast.page("owner")
    for path in paths:
        if path == "/.well-known/jwks.json":
            continue  # public keys, the same for everyone
        answer = page.get(path)
        assert "public" not in answer.get("Cache-Control", ""), path


FORMS = """
/login /register /forgot-password /reset-password /restore /logout /settings/profile /settings/security/password
/settings/security/email /settings/security/email/resend /settings/security/totp /settings/security/totp/enable
/settings/security/totp/disable /settings/security/totp/recovery-codes /settings/api-tokens /settings/delete
/settings/sessions/revoke-others /settings/confirm /login/passkey /settings/security/passkeys
/settings/export/request /settings/import
""".split()  # noqa: SIM905 - a list of words reads better so


@pytest.mark.parametrize("path", FORMS)
def test_no_form_works_without_its_token_or_from_elsewhere(cast: Cast, path: str) -> None:
    page = Client(enforce_csrf_checks=True)
    page.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    before = contents()
    form = {"username": "owner", "current_password": PASSWORD, "new_password": "another battery staple"}
    assert page.post(path, form).status_code == 403
    page.get("/settings/security")
    token = page.cookies["csrftoken"].value
    elsewhere = page.post(path, form | {"csrfmiddlewaretoken": token}, HTTP_ORIGIN="https://evil.example")
    assert elsewhere.status_code == 403
    assert contents() == before


def test_a_page_after_logging_out_asks_to_log_in(cast: Cast) -> None:
    page = cast.page("owner")
    assert "no-store" in page.get("/settings/security")["Cache-Control"]
    page.post("/logout")
    assert page.get("/settings/security").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "videos",
        "channels/owner",
        "channels/owner/videos",
        "channels/owner/playlists",
        "channels/owner/subscribers",
    ],
)
def test_nobodys_address_or_device_is_in_public_answers(cast: Cast, path: str) -> None:
    cast.video()
    cast.api("member").put("/api/v1/channels/owner/subscription")
    text = cast.api("stranger").get(f"/api/v1/{path}").content.decode()
    for word in (
        "@example.org",
        "127.0.0",
        "user_agent",
        "password",
        "argon2",
        "md5$",
        "is_staff",
        "security_epoch",
    ):
        assert word not in text, word
