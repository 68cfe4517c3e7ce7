"""The real answer of every GET of the API, against the OpenAPI document that is served beside it.

A small world has something of every kind; each GET is asked by its owner, by a visitor and by nobody. An answer must be
valid, say nothing that its schema does not name, and hold no URL without an origin.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tests.images import picture
from streamsite.api.renderers import with_absolute_urls
from takeout import tasks as takeout
from takeout.tests import archives
from tests.support.authenticator import add_passkey
from tests.support.mailbox import deliver
from tests.support.plugin import empty_collections
from tests.support.push_service import Device
from tests.support.users import Cast
from videos.models import AddressImport, Case, Video
from videos.moderation import cases
from videos.playback import aggregation

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nsecret words\n"
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)
# Asked of each path as well, besides itself: filters that change the form of the answer.
QUERIES = {
    "/api/v1/videos": ["?q=words", "?channel=owner&page_size=1", "?sort=trending&captions=1"],
    "/api/v1/playlists": ["?video={video_id}", "?page_size=1"],
    "/api/v1/search/suggest": ["?q=own"],
    "/api/v1/mentions": ["?about=video&id={video_id}"],
    "/api/v1/channels": ["?q=own", "?q=own&page_size=1"],
    "/api/v1/videos/{video_id}/transcript": ["?q=secret"],
    "/api/v1/videos/{video_id}/comments": ["?page_size=1", "?sort=newest"],
    "/api/v1/studio/stats": ["?range=7d"],
    "/api/v1/studio/videos": ["?page_size=1"],
    "/api/v1/me/history": ["?q=film&page_size=1"],
    "/api/v1/me/notifications": ["?page_size=1"],
}
# Their content is no JSON, or is another site's to describe.
TABLES = {
    "/api/v1/studio/stats.csv",
    "/api/v1/studio/videos/{video_id}/stats.csv",
    "/api/v1/me/subscriptions/opml",
    "/api/v1/me/export/{export_id}/archive",
}


# Headers that the document names for an operation exactly when its answers have them.
HEADERS = (
    "ETag",
    "Content-Disposition",
    "RateLimit-Limit",
    "X-Request-Id",
    "Cache-Control",
    "Content-Language",
)


# A feed without older entries has no link to them, one without entries no date.
OPTIONAL_HEADERS = {"Link", "Last-Modified"}


class Operation(TypedDict):
    """The members of an operation that are read."""

    responses: dict[str, dict[str, dict[str, dict[str, object]]]]


class Document(TypedDict):
    """The members of the OpenAPI document that are read."""

    paths: dict[str, dict[str, Operation]]
    components: dict[str, dict[str, object]]


@dataclass
class World:
    """Clients by name, what paths are filled in with, and the document."""

    clients: dict[str, APIClient]
    names: dict[str, str]
    document: Document


def _send(client, method, path, body=None, expected=(200, 201, 202, 204), **headers):
    answer = getattr(client, method)(f"/api/v1/{path}", body, format="json", **headers)
    assert answer.status_code in expected, (path, answer.content)
    return answer.json() if answer.content else None


def _send_picture(client, method, path, **fields):
    (name,) = (key for key, value in fields.items() if isinstance(value, bytes))
    fields[name] = SimpleUploadedFile("p.png", fields[name], "image/png")
    answer = getattr(client, method)(f"/api/v1/{path}", fields, format="multipart")
    assert answer.status_code in {200, 201}, answer.content
    return answer.json()


@pytest.fixture(scope="module")
def world(prepared_database, django_db_blocker):
    with django_db_blocker.unblock():
        empty_collections()
        cast = Cast()
        owner, member = cast.api("owner"), cast.api("member")
        names = _fill(cast, owner, member)
        document = json.loads(cast.api("anonymous").get("/api/schema").content)
        clients = {"owner": owner, "member": member, "anonymous": cast.api("anonymous")}
        yield World(clients, names, document)
        empty_collections()


def _fill(cast, owner, member) -> dict[str, str]:
    """Make something of every kind; the ids that paths are filled in with."""
    made = {"poster_choices": 3, "has_poster": True, "has_storyboard": True, "has_download": True}
    shown = {"width": 1280, "height": 720, "duration": 100.0, "allow_download": True, "tags": ["one", "two"]}
    film = cast.video(
        title="A film in words", description="0:00 Start\n0:30 Middle\n1:00 End", **made, **shown
    )
    other = cast.video(title="Another film", owner=cast.member, **made, **shown)
    cast.video(title="Private film", visibility="private", **made)
    cast.video(
        title="Scheduled", visibility="private", publish_at=timezone.now() + timezone.timedelta(days=1)
    )
    cast.video(
        ready=False,
        status="processing",
        steps=[{"name": "encode", "state": "running", "percent": 1.5, "seconds": 2.0}],
    )
    cast.video(
        ready=False, status="failed", failure_code="unsupported_media", failure_detail="No.", progress=0.5
    )
    _send_picture(owner, "put", "me/avatar", file=picture())
    _send_picture(owner, "put", "me/cover", file=picture(size=(1600, 400)))
    _send(owner, "patch", "me", {"bio": "Me", "links": ["https://example.org/me"], "full_name": "O"})
    caption = _send(owner, "post", f"videos/{film.pk}/captions", {"language": "en", "text": VTT})
    _send(owner, "post", f"videos/{film.pk}/share-links", {"label": "x", "expires_in": 3600, "max_views": 5})
    _send(owner, "post", f"videos/{film.pk}/share-links", {})
    _send(member, "put", "channels/owner/subscription", {"notify": "all"})
    _send(owner, "put", "channels/member/subscription", {"notify": "none"})
    beat = {"position": 30, "watched": [[0, 30]], "source": "search"}
    for client, video in ((member, film), (owner, other), (owner, film)):
        _send(client, "post", f"videos/{video.pk}/playback", beat, HTTP_USER_AGENT=AGENT)
        _send(client, "put", f"videos/{video.pk}/reaction", {"value": "like"})
        _send(client, "put", f"me/watch-later/{video.pk}")
    aggregation.aggregate_pending()
    comment = _send(member, "post", f"videos/{film.pk}/comments", {"text": "Hello @owner at 0:30"})
    _send(member, "post", f"videos/{film.pk}/comments", {"text": "Another"})
    _send(owner, "post", f"comments/{comment['id']}/replies", {"text": "Thanks"})
    _send(owner, "put", f"comments/{comment['id']}/pin")
    _send(owner, "put", f"comments/{comment['id']}/heart")
    _send(owner, "put", f"comments/{comment['id']}/reaction", {"value": "like"})
    _send(owner, "patch", "studio/comment-rules", {"blocked_words": ["spam"]})
    playlist = _send(
        owner, "post", "playlists", {"title": "L", "visibility": "public", "video_ids": [film.pk, other.pk]}
    )
    _send(owner, "post", "playlists", {"title": "Empty"})
    _send(owner, "put", f"playlists/{playlist['id']}/collaborators/member")
    saved = _send(
        member, "post", "playlists", {"title": "M", "visibility": "public", "video_ids": [other.pk]}
    )
    _send(owner, "put", f"me/saved-playlists/{saved['id']}")
    _send(owner, "put", f"me/not-interested/{other.pk}")
    _send(owner, "put", "me/hidden-channels/member")
    post = _send_picture(owner, "post", "posts", text="Look", picture=picture())
    _send(owner, "post", "posts", {"text": "A film", "video_id": film.pk})
    _send(member, "post", f"posts/{post['id']}/comments", {"text": "Nice"})
    shelves = [{"kind": "newest"}, {"kind": "playlist", "value": playlist["id"]}]
    _send(owner, "patch", "me/channel-page", {"featured": film.pk, "shelves": shelves})
    _send(owner, "post", f"playlists/{playlist['id']}/invites", {})
    _send(owner, "post", "me/feed/rss")
    add_passkey(owner)
    _send(owner, "post", "auth/api-tokens", {"name": "script", "scopes": ["read"]})
    browser = Device("https://fcm.googleapis.com/fcm/send/x")
    _send(owner, "post", "me/push-subscriptions", browser.subscription())
    hook = _send(owner, "post", "webhooks", {"url": "https://example.org/", "events": ["video.ready"]})
    _send(owner, "post", f"webhooks/{hook['id']}/test")
    fetched = AddressImport.objects.create(owner=cast.owner, url="https://films.example/a.mp4", total=9)
    AddressImport.objects.create(
        owner=cast.owner, url="https://films.example/b.mp4", status="failed", failure="not_found"
    )
    _send(owner, "put", f"me/blocks/{cast.stranger.username}")
    _send(member, "post", f"videos/{film.pk}/report", {"reason": "spam", "text": "Look"})
    case = Case.objects.get()
    cases.claim(case, cast.staff)
    cases.decide(Case.objects.get(), cast.staff, "warning", notice="Careful")
    deliver()
    assert Video.objects.count() == 6
    export = _send(owner, "post", "me/export", {"with_media": False})
    takeout.build_export.func(export["id"])
    archive = archives.streamsite(history=[{"video": {"id": "A" * 11, "url": "https://a.example/"}}])
    fields = {"file": SimpleUploadedFile("a.zip", archive), "source": "streamsite", "dry_run": "true"}
    found = owner.post("/api/v1/me/import", fields, format="multipart").json()
    takeout.run_import.func(found["id"])
    return {
        "export_id": export["id"], "import_id": found["id"],
        "video_id": film.pk, "username": "owner", "playlist_id": playlist["id"], "post_id": post["id"],
        "comment_id": comment["id"], "caption_id": caption["id"],
        "webhook_id": hook["id"], "address_import_id": fetched.pk,
    }  # fmt: skip


@cache
def _plain(text: str):
    """Return a component of the document as JSON Schema: OpenAPI 3.0 has ``nullable`` in the place of a type."""
    return _translate(json.loads(text))


def _translate(node):
    if isinstance(node, list):
        return [_translate(part) for part in node]
    if not isinstance(node, dict):
        return node
    rest = {name: _translate(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if node.get("nullable") is True else rest


def _validator(document, schema) -> jsonschema.Draft202012Validator:
    components = _plain(json.dumps(document["components"]))
    whole = _translate(schema) | {"components": components}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def _undescribed(document, schema, value, at="") -> list[str]:
    """Return where ``value`` has what its schema does not name."""
    while "$ref" in schema or "allOf" in schema or "oneOf" in schema:
        schema = (
            schema["allOf"][0] if "allOf" in schema else schema["oneOf"][0] if "oneOf" in schema else schema
        )
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, list):
        return [
            one
            for entry in value
            for one in _undescribed(document, schema.get("items", {}), entry, f"{at}[]")
        ]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    found = [f"{at}.{name}" for name in value.keys() - schema["properties"].keys()]
    for name, part in value.items():
        found += _undescribed(document, schema["properties"].get(name, {}), part, f"{at}.{name}")
    return found


def _without_origin(value: object, at: str = "") -> list[str]:
    """Return where ``value`` has a URL that is not absolute."""
    if isinstance(value, list):
        return [one for entry in value for one in _without_origin(entry, f"{at}[]")]
    if isinstance(value, dict):
        return [one for name, part in value.items() for one in _without_origin(part, f"{at}.{name}")]
    is_url = at.endswith(("url", ".next", ".previous"))
    is_bare = isinstance(value, str) and (value.startswith("/") or (is_url and "://" not in value))
    return [f"{at} = {value}"] if is_bare else []


def _is_api(path: str) -> bool:
    return path.startswith("/api/v1/")


def test_every_get_answers_as_its_schema_says(world: World, settings) -> None:
    settings.IMPORTS_ENABLED = True
    faults, answered, filled = [], set(), set()
    paths = {path: operations for path, operations in world.document["paths"].items() if _is_api(path)}
    for path, operations in paths.items():
        if "get" not in operations:
            continue
        content = operations["get"]["responses"]["200"].get("content", {})
        for query in ("", *QUERIES.get(path, ())):
            url = re.sub(r"\{(\w+)\}", lambda name: world.names[name[1]], path + query)
            for who, client in world.clients.items():
                answer = client.get(url)
                if answer.status_code != 200:
                    assert answer.status_code in {401, 403, 404}, (who, url, answer.content)
                    response, body = operations["get"]["responses"][str(answer.status_code)], answer.json()
                    name = response["$ref"].rsplit("/", 1)[1]
                    response = world.document["components"]["responses"][name]
                    schema = response["content"]["application/json"]["schema"]
                else:
                    answered.add(path)
                    described = set(operations["get"]["responses"]["200"]["headers"])
                    faults += [
                        f"{who} {url}: header {name} {'lacks' if name in described else 'is not described'}"
                        for name in HEADERS
                        if (name in answer) != (name in described)
                    ]
                    if path in TABLES:
                        assert answer["Content-Type"].partition(";")[0] in content, path
                        continue
                    schema, body = content["application/json"]["schema"], answer.json()
                    if body.get("results", True):
                        filled.add(path)
                errors = _validator(world.document, schema).iter_errors(body)
                faults += [f"{who} {url}: {error.json_path}: {error.message[:200]}" for error in errors]
                faults += [
                    f"{who} {url}: not described: {at}" for at in _undescribed(world.document, schema, body)
                ]
                faults += [f"{who} {url}: {at}" for at in _without_origin(body)]
    assert not faults, "\n".join(sorted(set(faults)))
    asked = {path for path, operations in paths.items() if "get" in operations}
    assert answered == asked
    # An empty list says nothing about what is in it.
    assert filled == asked - TABLES


def test_addresses_outside_of_the_api_answer_as_described(world: World) -> None:
    """``HEAD`` and ``OPTIONS`` of feeds and oEmbed are described in words."""
    names = world.names | {"category": "music", "tag": "one", "format": "rss"}
    queries = {"/oembed": f"?url=http://localhost:8000/watch/{names['video_id']}"}
    kinds = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
    client = world.clients["anonymous"]
    for path, operations in world.document["paths"].items():
        for method in operations:
            if _is_api(path) and method != "options":
                continue
            for ending in kinds if "{format}" in path else ("",):
                given = names | {"format": ending, "upload_id": "nothing"}
                url = re.sub(r"\{(\w+)\}", lambda name, given=given: given[name[1]], path)
                answer = getattr(client, method)(url + queries.get(path, ""), HTTP_HOST="localhost")
                (status,) = (one for one in operations[method]["responses"] if one < "300")
                described = operations[method]["responses"][status]
                assert str(answer.status_code) == status, (url, answer.content)
                kind = answer.get("Content-Type", "").partition(";")[0]
                assert kinds.get(ending, kind) == kind
                assert "content" not in described or kind in described["content"], url
                missing = {one for one in described["headers"] if one not in answer} - OPTIONAL_HEADERS
                assert missing == set(), url


def test_lists_lead_on_by_the_sites_address(world: World, settings) -> None:
    body = world.clients["owner"].get("/api/v1/studio/videos?page_size=1", HTTP_HOST="127.0.0.1").json()
    assert body["next"].startswith(f"{settings.SITE_URL}/api/v1/studio/videos?")


def test_pages_keep_addresses_of_their_own_origin(world: World, settings) -> None:
    path = f"/watch/{world.names['video_id']}"
    page = world.clients["anonymous"].get(path, HTTP_HOST="127.0.0.1").content.decode()
    assert 'data-hls-url="/media/v/' in page
    assert f'src="{settings.SITE_URL}' not in page


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"url":"/watch/x","hls_url":"/a","n":null}', b'{"url":"S/watch/x","hls_url":"S/a","n":null}'),
        (b'{"url":"https://a.example/x"}', b'{"url":"https://a.example/x"}'),
        (json.dumps({"text": '"url":"/x'}, separators=(",", ":")).encode(), None),
        (json.dumps({"text": 'a_url":"/x'}, separators=(",", ":")).encode(), None),
    ],
)  # fmt: skip
def test_only_fields_become_absolute_and_no_text(settings, sent, expected) -> None:
    settings.SITE_URL = "S"
    assert with_absolute_urls(sent) == (expected or sent)
