"""Operations of addresses that no view of the API serves: uploads' ``OPTIONS``, oEmbed, feeds, probes, keys.

They are written as a table: each row is a method, a path, and what the document says about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from streamsite.api.document import codes, parameters, response_headers
from streamsite.api.document.operations import add_errors

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FEED_EXAMPLES: dict[str, object] = {
    "application/rss+xml": '<rss version="2.0"><channel><title>Ada Lovelace</title></channel></rss>',
    "application/atom+xml": '<feed xmlns="http://www.w3.org/2005/Atom"><title>Ada Lovelace</title></feed>',
    "application/feed+json": {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ada Lovelace",
        "items": [],
    },
}
OEMBED = {
    "version": "1.0",
    "type": "video",
    "title": "Sailing around the cape",
    "author_name": "Ada Lovelace",
    "provider_name": "Streamsite",
    "width": 640,
    "height": 360,
    "html": '<iframe src="https://videos.example.org/embed/dQw4w9WgXcQ"></iframe>',
}
FORMAT = {
    "in": "path",
    "name": "format",
    "required": True,
    "schema": {"type": "string", "enum": list(FEED_TYPES)},
    "description": "RSS 2.0 with podcast and media elements, Atom, or JSON Feed.",
    "example": "rss",
}
PAGE = {
    "in": "query",
    "name": "page",
    "schema": {"type": "integer", "minimum": 1, "maximum": 20},
    "description": "The page of older entries; the feed links to the next one.",
    "example": 2,
}


@dataclass(frozen=True)
class Route:
    """An operation: what it is called, says, takes, and answers with (content type to example, or none)."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    description: str = ""
    takes: tuple[Json, ...] = ()
    status: str = "200"
    content: tuple[tuple[str, object], ...] = ()
    headers: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    is_conditional: bool = False
    # Statuses with the same body, and what they mean.
    same: tuple[tuple[str, str], ...] = ()
    # Whether errors are JSON; they are pages of HTML elsewhere.
    is_json: bool = True

    def operation(self) -> Json:
        """Return the operation as the document has it."""
        names = re.findall(r"\{(\w+)\}", self.path)
        paths = [_path_parameter(name) for name in names if name != "format"]
        takes = [*paths, *({**one} for one in self.takes)]
        takes += [{**parameters.IF_NONE_MATCH}] if self.is_conditional else []
        more = (*self.headers, *(("ETag",) if self.is_conditional else ()))
        headers = response_headers.reference(("X-Request-Id", *more))
        answer: Json = {"description": self.summary, "headers": headers}
        if self.content:
            answer["content"] = {
                kind: {"schema": _schema_of(example), "example": example} for kind, example in self.content
            }
        operation: Json = {
            "operationId": self.name,
            "summary": self.summary,
            "description": self.description or f"{self.summary}.",
            "parameters": takes,
            "tags": [self.tag],
            "security": [{}],
            "responses": {self.status: answer},
        }
        if self.is_conditional:
            operation["responses"]["304"] = {
                "description": "What `If-None-Match` names is still current.",
                "headers": headers,
            }
        if not takes:
            del operation["parameters"]
        has_body = self.is_json and self.method not in {"head", "options"}
        add_errors(operation, codes.codes_of(self.errors), has_body=has_body)
        for status, text in self.same:
            operation["responses"][status] = answer | {"description": text}
        return operation


def _path_parameter(name: str) -> Json:
    text, example = parameters.PATHS.get(name, ("", ""))
    return {
        "in": "path", "name": name, "required": True, "schema": TEXT, "description": text, "example": example,
    }  # fmt: skip


def _schema_of(example: object) -> Json:
    """Return the schema of an example: that of an object names no properties, which other standards define."""
    return {"type": "object", "additionalProperties": True} if isinstance(example, dict) else TEXT


def _query(name: str, text: str, example: object, *, required: bool = False, kind: str = "string") -> Json:
    return {
        "in": "query", "name": name, "required": required, "schema": {"type": kind}, "description": text,
        "example": example,
    }  # fmt: skip


def _feed(path: str, name: str, summary: str, *more: Json) -> Route:
    return Route(
        "get", path, name, "embedding", summary,
        description=f"{summary}. It has what a visitor without an account can see. `HEAD` and `OPTIONS` work, too.",
        takes=(FORMAT, PAGE, *more), content=tuple(FEED_EXAMPLES.items()), is_conditional=True,
        headers=("Cache-Control", "Last-Modified", "Link", "Access-Control-Allow-Origin"),
        errors=("404 not_found", "503 unavailable"),
    )  # fmt: skip


_UPLOAD_OPTIONS = ("Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm")
# Of what is sent in ``Authorization``, though none is needed.
_CALLER = (
    *("400 parse_error", "401 token_invalid", "401 token_expired", "401 session_revoked"),
    *("401 user_inactive", "503 unavailable"),
)
_OTHER_METHOD = ("405 method_not_allowed", "503 unavailable")
ROUTES = (
    Route(
        "options", "/api/v1/uploads", "uploads_options", "uploads", "Describe the supported upload protocol",
        status="204", headers=_UPLOAD_OPTIONS, errors=_CALLER,
    ),
    Route(
        "options", "/api/v1/uploads/{upload_id}", "upload_options", "uploads",
        "Describe the supported upload protocol at an upload's address",
        status="204", headers=_UPLOAD_OPTIONS, errors=_CALLER,
    ),
    Route(
        "get", "/oembed", "oembed", "embedding", "Describe a page for a site that wants to embed it",
        description="Describe a page for a site that wants to embed it, as [oEmbed](https://oembed.com) has it: type "
        "`video` for watch pages, playlists and embed addresses, `link` for channels. `HEAD` and `OPTIONS` work, too.",
        takes=(
            _query("url", "Address of a page of this site.", "https://videos.example.org/watch/dQw4w9WgXcQ",
                   required=True),
            _query("maxwidth", "Most pixels that the player may be wide.", 640, kind="integer"),
            _query("maxheight", "Most pixels that the player may be high.", 360, kind="integer"),
            _query("format", "Only `json` is offered.", "json"),
        ),
        content=(("application/json", OEMBED),), headers=("Cache-Control", "Access-Control-Allow-Origin"),
        errors=(
            *("400 validation_error", "403 permission_denied", "404 not_found", "404 embeds_disabled"),
            *("501 not_implemented", "503 unavailable"),
        ),
    ),
    _feed("/feeds/channels/{username}.{format}", "feed_channel", "Read the newest videos of a channel"),
    _feed("/feeds/playlists/{playlist_id}.{format}", "feed_playlist", "Read the last videos of a playlist"),
    _feed("/feeds/site.{format}", "feed_site", "Read the newest videos of the site"),
    _feed("/feeds/categories/{category}.{format}", "feed_category", "Read the newest videos of a category"),
    _feed("/feeds/tags/{tag}.{format}", "feed_tag", "Read the newest videos with a tag"),
    _feed("/feeds/videos/{video_id}/comments.{format}", "feed_comments", "Read the newest comments on a video"),
    Route(
        "get", "/healthz", "healthz", "operations", "Check that the process answers",
        description="Check that the process answers, whatever the `Host`. `HEAD` works, too.",
        content=(("application/json", {"status": "ok", "version": "1.0.0"}),), headers=("Cache-Control",),
        errors=("405 method_not_allowed",),
    ),
    Route(
        "get", "/readyz", "readyz", "operations", "Check that the site can serve",
        description="Check that the site can serve. Each check is `true` or a reason; without the database, the "
        "migrations or the site id it is 503. `HEAD` works, too.",
        content=(("application/json", {"status": "ok", "checks": {"database": True, "disk": True}}),),
        headers=("Cache-Control",), errors=("405 method_not_allowed",),
        same=(("503", "The site can not serve; `checks` says why. Probes ask again by themselves."),),
    ),
    Route(
        "get", "/metrics", "metrics", "operations", "Read metrics for Prometheus",
        description="Read metrics for Prometheus, with the bearer token `METRICS_TOKEN`; without one, from loopback.",
        content=(("text/plain", "streamsite_sessions 3\n"),), headers=("Cache-Control",),
        errors=("404 not_found",), is_json=False,
    ),
    Route(
        "get", "/.well-known/jwks.json", "jwks", "operations", "Read the public keys that sign access tokens",
        content=(
            (
                "application/jwk-set+json",
                {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "use": "sig", "x": "AA"}]},
            ),
        ),
        headers=("Cache-Control", "Access-Control-Allow-Origin"), errors=_OTHER_METHOD, is_conditional=True,
    ),
)  # fmt: skip


def add_routes(paths: dict[str, Json]) -> None:
    """Add the operations of ``ROUTES`` to the paths of a document."""
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = route.operation()
