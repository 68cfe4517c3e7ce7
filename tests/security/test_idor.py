"""Every operation of the served OpenAPI document, on hidden and on visible objects of others.

Each operation has one word that says what it does to somebody's thing; a new one without a word fails. The document
gives the paths and methods, the word gives what anonymous people, another account and staff get, and what was stored
must be the same afterwards unless they may act.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from streamsite.mongo.collections import collection
from takeout import tasks as takeout_tasks
from takeout.tests import archives
from tests.support.authenticator import add_passkey
from tests.support.commands import record_writes
from tests.support.documents import dump, restore
from tests.support.users import Cast
from videos.models import AddressImport

METHODS = ("get", "post", "put", "patch", "delete")
# Reads what may be seen; may be done by whoever sees it (signed in, or by anybody); for its owner only; for its owner
# and staff; about what belongs to one account alone; about the caller's own account.
READ, ACT, OPEN, OWNER, OWNER_OR_STAFF, PERSONAL, SELF = (
    *("read", "act", "open", "owner", "owner or staff"),
    *("personal", "self"),
)
WORDS = {
    READ: """
        GET /videos/{video_id} GET /videos/{video_id}/captions GET /videos/{video_id}/captions/{caption_id}
        GET /videos/{video_id}/transcript GET /videos/{video_id}/related GET /videos/{video_id}/comments
        GET /comments/{comment_id} GET /comments/{comment_id}/replies GET /playlists/{playlist_id}
        GET /playlists/{playlist_id}/items GET /posts/{post_id} GET /posts/{post_id}/comments
        GET /channels/{username} GET /channels/{username}/videos GET /channels/{username}/playlists
        GET /channels/{username}/posts GET /channels/{username}/front GET /channels/{username}/subscribers
        GET /channels/{username}/subscriptions
    """,
    ACT: """
        PUT /videos/{video_id}/reaction DELETE /videos/{video_id}/reaction POST /videos/{video_id}/comments
        POST /videos/{video_id}/report POST /comments/{comment_id}/replies PUT /comments/{comment_id}/reaction
        DELETE /comments/{comment_id}/reaction POST /comments/{comment_id}/report
        PUT /posts/{post_id}/reaction DELETE /posts/{post_id}/reaction POST /posts/{post_id}/comments
        POST /posts/{post_id}/report POST /channels/{username}/report PUT /channels/{username}/subscription
        DELETE /channels/{username}/subscription POST /channels/{username}/seen
        PUT /me/blocks/{username} DELETE /me/blocks/{username}
        PUT /me/hidden-channels/{username} DELETE /me/hidden-channels/{username}
        PUT /me/not-interested/{video_id} PUT /me/watch-later/{video_id} PUT /me/saved-playlists/{playlist_id}
        PUT /comments/{comment_id}/follow DELETE /comments/{comment_id}/follow
    """,
    OPEN: "POST /videos/{video_id}/playback",
    OWNER: """
        PATCH /videos/{video_id} DELETE /videos/{video_id} GET /videos/{video_id}/processing
        POST /videos/{video_id}/chapters/preview POST /videos/{video_id}/retry
        PUT /videos/{video_id}/thumbnail DELETE /videos/{video_id}/thumbnail
        POST /videos/{video_id}/captions PATCH /videos/{video_id}/captions/{caption_id}
        DELETE /videos/{video_id}/captions/{caption_id} GET /videos/{video_id}/share-links
        POST /videos/{video_id}/share-links DELETE /videos/{video_id}/share-links/{link_id}
        PATCH /comments/{comment_id} PUT /comments/{comment_id}/pin DELETE /comments/{comment_id}/pin
        PUT /comments/{comment_id}/heart DELETE /comments/{comment_id}/heart PUT /comments/{comment_id}/approval
        PATCH /playlists/{playlist_id} DELETE /playlists/{playlist_id} POST /playlists/{playlist_id}/tidy
        POST /playlists/{playlist_id}/items
        PATCH /playlists/{playlist_id}/items/{item_id} DELETE /playlists/{playlist_id}/items/{item_id}
        PUT /playlists/{playlist_id}/collaborators/{username}
        DELETE /playlists/{playlist_id}/collaborators/{username}
        GET /playlists/{playlist_id}/invites POST /playlists/{playlist_id}/invites
        DELETE /playlists/{playlist_id}/invites/{invite_id}
        PATCH /posts/{post_id} DELETE /posts/{post_id}
        GET /studio/videos/{video_id}/stats GET /studio/videos/{video_id}/stats.csv
    """,
    OWNER_OR_STAFF: "DELETE /comments/{comment_id}",
    PERSONAL: """
        DELETE /auth/sessions/{session_id} DELETE /auth/api-tokens/{token_id}
        PATCH /auth/passkeys/{passkey_id} DELETE /auth/passkeys/{passkey_id} PATCH /uploads/{upload_id}
        DELETE /uploads/{upload_id} DELETE /me/history/{video_id} POST /me/decisions/{case_id}/appeal
        DELETE /me/not-interested/{video_id} DELETE /me/push-subscriptions/{subscription_id}
        DELETE /me/watch-later/{video_id} DELETE /me/saved-playlists/{playlist_id}
        GET /webhooks/{webhook_id} PATCH /webhooks/{webhook_id} DELETE /webhooks/{webhook_id}
        POST /webhooks/{webhook_id}/secret POST /webhooks/{webhook_id}/test GET /webhooks/{webhook_id}/deliveries
        POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver
        GET /imports/{address_import_id} DELETE /imports/{address_import_id}
        GET /me/export/{export_id} GET /me/export/{export_id}/archive DELETE /me/export/{export_id}
        GET /me/import/{import_id} GET /me/import/{import_id}/rows POST /me/import/{import_id}/start
        DELETE /me/import/{import_id}
    """,
    SELF: """
        POST /auth/register POST /auth/token POST /auth/token/refresh POST /auth/token/verify POST /auth/logout
        POST /auth/logout-all GET /auth/sessions POST /auth/password/change POST /auth/password/reset
        POST /auth/password/reset/confirm POST /auth/email/verify POST /auth/email/resend POST /auth/email/change
        GET /auth/totp POST /auth/totp/setup POST /auth/totp/enable POST /auth/totp/disable
        POST /auth/totp/recovery-codes POST /auth/passkeys/options POST /auth/passkeys/token GET /auth/passkeys
        POST /auth/passkeys POST /auth/passkeys/registration POST /auth/proof GET /auth/api-tokens
        POST /auth/api-tokens GET /auth/activity
        POST /auth/restore GET /me PATCH /me DELETE /me PATCH /me/preferences PUT /me/avatar DELETE /me/avatar
        PUT /me/cover DELETE /me/cover GET /videos POST /videos GET /trending GET /search/suggest GET /me/likes
        GET /me/history DELETE /me/history POST /uploads GET /playlists POST /playlists GET /me/subscriptions
        GET /me/feed GET /me/feed/posts POST /me/feed/seen GET /me/feed/rss POST /me/feed/rss DELETE /me/feed/rss
        GET /me/channel-page PATCH /me/channel-page GET /me/subscriptions/opml POST /me/subscriptions/import
        GET /me/notifications GET /me/notifications/unread GET /me/watch-later GET /me/saved-playlists
        POST /me/notifications/read POST /me/notifications/seen
        GET /studio/comments GET /studio/comment-rules PATCH /studio/comment-rules
        GET /me/decisions GET /me/blocks POST /posts GET /studio/stats GET /studio/stats.csv GET /studio/videos
        GET /me/not-interested GET /me/hidden-channels
        POST /studio/videos/bulk GET /channels POST /uploads/titles GET /mentions
        POST /studio/comments/bulk POST /playlist-invites/accept
        GET /me/push-subscriptions POST /me/push-subscriptions GET /webhooks POST /webhooks
        GET /imports POST /imports
        GET /me/export POST /me/export GET /me/import POST /me/import
    """,
}
WORD_OF = {
    f"{method} {path}": word
    for word, text in WORDS.items()
    for method, path in zip(text.split()[::2], text.split()[1::2], strict=True)
}
# By themselves: counters of limits, the session that asks, what a look leaves in the process's collections.
EPHEMERAL = {"throttle", "auth_session", "django_session", "idempotency", "auth_event", "task_job"}
# A body that would be accepted from somebody who may.
BODIES: dict[str, dict[str, object]] = {
    "PATCH /auth/passkeys/{passkey_id}": {"name": "Taken over"},
    "PUT /videos/{video_id}/reaction": {"value": "like"},
    "PUT /comments/{comment_id}/reaction": {"value": "like"},
    "PUT /posts/{post_id}/reaction": {"value": "like"},
    "POST /videos/{video_id}/report": {"reason": "spam"},
    "POST /comments/{comment_id}/report": {"reason": "spam"},
    "POST /posts/{post_id}/report": {"reason": "spam"},
    "POST /channels/{username}/report": {"reason": "spam"},
    "POST /videos/{video_id}/playback": {"position": 1.0},
    "PATCH /videos/{video_id}": {"title": "Taken over"},
    "PATCH /playlists/{playlist_id}": {"title": "Taken over"},
    "PATCH /playlists/{playlist_id}/items/{item_id}": {"note": "Taken over"},
    "PATCH /videos/{video_id}/captions/{caption_id}": {"label": "Taken over"},
}
TEXT = {"text": "Taken over"}
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_OFFSET": "0"}


def operations(cast: Cast) -> list[str]:
    """``GET /videos/{video_id}`` and so on, of the served document."""
    paths = json.loads(cast.api("anonymous").get("/api/schema").content)["paths"]
    return sorted(
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, described in paths.items()
        if path.startswith("/api/v1/")
        for method in METHODS
        if method in described
    )


# The browser of the example in RFC 8291.
BROWSER = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/mine",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


@dataclass(frozen=True)
class World:
    """The ids of the owner's things, all of them hidden from others or all of them seen."""

    ids: dict[str, str]


def furnish(cast: Cast, visibility: str) -> World:
    """One of everything of the owner's that has an id."""
    api = cast.api("owner")
    video = cast.video(visibility=visibility).pk

    def made(path: str, body: Mapping[str, object]) -> str:
        answer = api.post(f"/api/v1/{path}", body, format="json")
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    cue = {"language": "en", "cues": [{"start": 0, "end": 1, "text": "x"}]}
    playlist = made("playlists", {"title": "Mine", "visibility": visibility, "video_ids": [video]})
    items = api.get(f"/api/v1/playlists/{playlist}/items").json()["results"]
    ids = {
        "video_id": video,
        "caption_id": made(f"videos/{video}/captions", cue),
        "link_id": made(f"videos/{video}/share-links", {}),
        "comment_id": made(f"videos/{video}/comments", {"text": "Mine"}),
        "playlist_id": playlist,
        "item_id": items[0]["id"],
        "invite_id": made(f"playlists/{playlist}/invites", {}),
        "post_id": made("posts", {"text": "Mine"}),
        "token_id": made("auth/api-tokens", {"name": "Mine", "scopes": ["read"]}),
        "passkey_id": add_passkey(api),
        "subscription_id": made("me/push-subscriptions", BROWSER),
        "webhook_id": made("webhooks", {"url": "https://example.org/", "events": ["video.ready"]}),
        "session_id": api.get("/api/v1/auth/sessions").json()["results"][0]["id"],
        "export_id": make_export(api),
        "import_id": make_import(api),
        "case_id": "A" * 16,
        "address_import_id": AddressImport.objects.create(
            owner=cast.owner, url="https://films.example/a.mp4"
        ).pk,
        "username": "owner",
    }
    ids["delivery_id"] = api.post(f"/api/v1/webhooks/{ids['webhook_id']}/test").json()["id"]
    if visibility != "public":
        type(cast.owner).objects.filter(pk=cast.owner.pk).update(preferences={"subscribers_private": True})
    return make_upload(cast, World(ids))


def make_export(api: APIClient) -> str:
    """Have an archive of the owner's made; return its id."""
    answer = api.post("/api/v1/me/export", {"with_media": False}, format="json")
    assert answer.status_code == 202, answer.content
    takeout_tasks.build_export.func(answer.json()["id"])
    return str(answer.json()["id"])


def make_import(api: APIClient) -> str:
    """Rehearse an import of the owner's, whose archive then waits; return its id."""
    file = SimpleUploadedFile("a.zip", archives.streamsite(), "application/zip")
    body = {"file": file, "source": "streamsite", "dry_run": "true"}
    answer = api.post("/api/v1/me/import", body, format="multipart")
    assert answer.status_code == 202, answer.content
    takeout_tasks.run_import.func(answer.json()["id"])
    return str(answer.json()["id"])


def make_upload(cast: Cast, world: World) -> World:
    """Begin an upload of the owner's; return the world with its id."""
    upload = cast.api("owner").post("/api/v1/uploads", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_LENGTH="1000")
    return World(world.ids | {"upload_id": upload["Location"].rsplit("/", 1)[1]})


def stored() -> dict[str, list[str]]:
    """Everything that is kept, by collection."""
    database = collection("x").database
    return {
        name: sorted(str(document) for document in database[name].find())
        for name in database.list_collection_names()
        if name not in EPHEMERAL and not name.startswith("system.")
    }


def call(cast: Cast, who: str, operation: str, world: World):
    """Call an operation on the owner's thing as ``who``; return the answer."""
    method, path = operation.split()
    body = BODIES.get(operation, TEXT)
    url = "/api/v1" + re.sub(r"\{(\w+)\}", lambda match: world.ids[match[1]], path)
    if "/uploads/" in path:
        extra = (
            {"content_type": "application/offset+octet-stream", "data": b"xx"} if method == "PATCH" else {}
        )
        return getattr(cast.api(who), method.lower())(url, **extra, **TUS)
    return getattr(cast.api(who), method.lower())(url, body if method != "GET" else None, format="json")


def test_every_operation_has_a_word_and_every_word_an_operation(database: None, cast: Cast) -> None:
    assert sorted(WORD_OF) == operations(cast)


HIDDEN = {
    # Word: what anonymous people, another account and staff may get.
    READ: ({404}, {404}, {404}),
    ACT: ({401}, {404}, {404}),
    OPEN: ({404}, {404}, {404}),
    OWNER: ({401}, {404}, {404}),
    OWNER_OR_STAFF: ({401}, {404}, {404}),
    PERSONAL: ({401}, {404}, {404}),
}
SEEN = {
    READ: ({200}, {200}, {200}),
    ACT: ({401}, {200, 201, 204}, {200, 201, 204}),
    OPEN: ({200}, {200}, {200}),
    OWNER: ({401}, {403}, {403}),
    OWNER_OR_STAFF: ({401}, {403}, {204}),
    PERSONAL: ({401}, {404}, {404}),
}
# A channel and its posts are seen by everybody; removing from one's own lists what was never in them is no failure.
ALWAYS_SEEN = ("/channels/{username}", "/posts/", "/me/blocks/", "/me/hidden-channels/")
OWN_LISTS = (
    "DELETE /me/history/{video_id}",
    "DELETE /me/not-interested/{video_id}",
    "DELETE /me/watch-later/{video_id}",
    "DELETE /me/saved-playlists/{playlist_id}",
)
EXCEPTIONS = {
    # Nobody else's business whatever the rest of the channel shows.
    ("hidden", "GET /channels/{username}/subscribers"): ({404}, {404}, {404}),
}


def expected(world: str, operation: str) -> tuple[set[int], set[int], set[int]]:
    """Return the statuses that anonymous people, another account and staff may get."""
    if operation in OWN_LISTS:
        return {401}, {204}, {204}
    if (world, operation) in EXCEPTIONS:
        return EXCEPTIONS[world, operation]
    is_seen = world == "seen" or any(part in operation for part in ALWAYS_SEEN)
    return (SEEN if is_seen else HIDDEN)[WORD_OF[operation]]


@pytest.fixture(autouse=True)
def imports_enabled(settings) -> None:
    settings.IMPORTS_ENABLED = True


ABOUT_THINGS = sorted(operation for operation, word in WORD_OF.items() if word != SELF)


@pytest.mark.parametrize("world", ["hidden", "seen"])
def test_others_get_what_the_word_says_and_change_nothing_they_may_not(
    database: None, cast: Cast, world: str
) -> None:
    assert cast.stranger
    assert cast.staff
    visibility = "private" if world == "hidden" else "public"
    things, before, wrong = furnish(cast, visibility), stored(), []
    documents = dump()
    for operation in ABOUT_THINGS:
        for who, allowed in zip(("anonymous", "stranger", "staff"), expected(world, operation), strict=True):
            with record_writes() as written:
                answer = call(cast, who, operation, things)
            after = stored() if written - EPHEMERAL else before
            if answer.status_code not in allowed:
                wrong.append(f"{operation} by {who}: {answer.status_code}, not {sorted(allowed)}")
            if answer.status_code >= 400 and (after != before or not answer.json()["code"]):
                wrong.append(f"{operation} by {who}: refused, and something changed")
            if after != before:
                # Who may has changed something: the next one finds things as they were.
                restore(documents)
    assert wrong == []


def test_owners_are_never_told_that_their_own_things_are_not_theirs(database: None, cast: Cast) -> None:
    """On hidden things: what an owner gets is neither 401 nor 403 nor 404, unless there is nothing to it."""
    nothing_there = {"POST /me/decisions/{case_id}/appeal"}
    things, before, wrong = furnish(cast, "private"), stored(), []
    documents = dump()
    for operation in ABOUT_THINGS:
        with record_writes() as written:
            answer = call(cast, "owner", operation, things)
        if operation not in nothing_there and answer.status_code in {401, 403, 404}:
            wrong.append(f"{operation}: {answer.status_code}")
        if written - EPHEMERAL and stored() != before:
            restore(documents)
            if "/uploads/" in operation:  # what is on the disk is not put back
                things = make_upload(cast, things)
                documents, before = dump(), stored()
            if "/me/export/" in operation:
                things = World(things.ids | {"export_id": make_export(cast.api("owner"))})
                documents, before = dump(), stored()
    assert wrong == []


def test_what_is_hidden_looks_like_what_does_not_exist(database: None, cast: Cast) -> None:
    """The same status, code and words, so that nobody learns that there is something."""
    things = furnish(cast, "private")
    nothing = World({name: "A" * (11 if name == "video_id" else 16) for name in things.ids})
    for operation in ABOUT_THINGS:
        if WORD_OF[operation] not in {READ, ACT, OPEN, OWNER} or any(p in operation for p in ALWAYS_SEEN):
            continue
        if "/channels/" in operation:
            continue
        hidden, absent = (call(cast, "stranger", operation, world) for world in (things, nothing))
        assert hidden.status_code == absent.status_code == 404, operation
        told = [{key: body[key] for key in ("code", "detail")} for body in (hidden.json(), absent.json())]
        assert told[0] == told[1], operation
