"""Sending a file below ``MEDIA_ROOT``, or what is at hand, whole or in part.

Headers keep it from acting as a page. Who may have it is decided before. With ``MEDIA_ACCEL_PREFIX`` nginx sends the
bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_http_date_safe

from streamsite.cache_headers import NEVER_STORED, CachePolicy
from streamsite.errors import Absent
from streamsite.ranges import Unsatisfiable, parse_range

# The server holds some ten pieces for each reader that is slow.
CHUNK_BYTES = 64 * 1024
# Up to here an answer is one piece, and no thread waits for its reader.
WHOLE_BYTES = 256 * 1024


@dataclass(frozen=True)
class ContentFacts:
    """The facts that conditional requests and ranges are judged by. ``modified`` is in seconds since 1970."""

    size: int
    etag: str
    modified: float


def send_file(request: HttpRequest, path: Path, *, content_type: str, cache: CachePolicy) -> HttpResponseBase:
    """Send the file ``path``: conditional requests, one byte range, HEAD. Raises ``Absent`` when there is none."""
    try:
        status = path.stat()
    except OSError:
        raise Absent from None
    facts = ContentFacts(status.st_size, f'"{status.st_mtime_ns:x}-{status.st_size:x}"', status.st_mtime)

    def accelerated(headers: dict[str, str]) -> HttpResponse:
        inner = path.relative_to(settings.MEDIA_ROOT).as_posix()
        # nginx says itself that it takes ranges, and would say it twice.
        told = {name: value for name, value in headers.items() if name != "Accept-Ranges"}
        answer = HttpResponse(content_type=content_type, headers=told)
        answer["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX.rstrip('/')}/{inner}"
        return answer

    return _answer(
        request,
        facts,
        lambda first, length: _pieces(path, first, length),
        content_type=content_type,
        cache=cache,
        accelerated=accelerated if settings.MEDIA_ACCEL_PREFIX else None,
    )


def send_content(
    request: HttpRequest, content: bytes, facts: ContentFacts, *, content_type: str, cache: CachePolicy
) -> HttpResponseBase:
    """Send ``content`` as ``send_file`` sends a file."""
    return _answer(
        request,
        facts,
        lambda first, length: iter([content[first : first + length]]),
        content_type=content_type,
        cache=cache,
    )


def inert_headers(cache: CachePolicy) -> dict[str, str]:
    """Return headers that keep what is sent from acting as a page or for another site."""
    return {
        "Cache-Control": cache.value,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _answer(
    request: HttpRequest,
    facts: ContentFacts,
    pieces: Callable[[int, int], Iterator[bytes]],
    *,
    content_type: str,
    cache: CachePolicy,
    accelerated: Callable[[dict[str, str]], HttpResponse] | None = None,
) -> HttpResponseBase:
    size, etag, modified = facts.size, facts.etag, formatdate(facts.modified, usegmt=True)
    guards = {"Accept-Ranges": "bytes", **inert_headers(cache)}
    common = {"ETag": etag, "Last-Modified": modified, **guards}
    if _is_known(request, etag, facts.modified):
        return HttpResponse(status=304, headers=common)
    try:
        wanted = (
            parse_range(request.headers.get("Range", ""), size)
            if _range_applies(request, etag, modified)
            else None
        )
    except Unsatisfiable:
        return HttpResponse(
            b'{"code":"range_not_satisfiable","detail":"The range is beyond the end of the file.","request_id":"%s"}'
            % getattr(request, "request_id", "").encode(),
            status=416,
            content_type="application/json",
            # Without the tag: a server in front that sends the files may have tags of its own for them.
            headers=guards | {"Content-Range": f"bytes */{size}", "Cache-Control": NEVER_STORED.value},
        )
    if accelerated is not None:
        return accelerated(common)
    first, last = (wanted.first, wanted.last) if wanted else (0, size - 1)
    length = last - first + 1
    headers = common | {"Content-Length": str(length)}
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    code = 206 if wanted else 200
    if request.method == "HEAD":
        return HttpResponse(status=code, content_type=content_type, headers=headers)
    if length <= WHOLE_BYTES:
        content = b"".join(pieces(first, length))
        return HttpResponse(content, status=code, content_type=content_type, headers=headers)
    return StreamingHttpResponse(
        pieces(first, length), status=code, content_type=content_type, headers=headers
    )


def _pieces(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as content:
        content.seek(first)
        left = length
        while left > 0:
            piece = content.read(min(CHUNK_BYTES, left))
            if not piece:
                return
            left -= len(piece)
            yield piece


def _is_known(request: HttpRequest, etag: str, modified: float) -> bool:
    """Return whether the client has this very file; the date counts only without a tag (RFC 9110, 13.2.2)."""
    if "If-None-Match" in request.headers:
        return _matches(request.headers["If-None-Match"], etag)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(modified) <= since


def _matches(header: str, etag: str) -> bool:
    candidates = [value.strip().removeprefix("W/") for value in header.split(",")]
    return "*" in candidates or etag in candidates


def _range_applies(request: HttpRequest, etag: str, modified: str) -> bool:
    """Return whether ``If-Range``, when sent, names the file as it is."""
    condition = request.headers.get("If-Range", "").strip()
    return not condition or condition in {etag, modified}
