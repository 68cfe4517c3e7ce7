"""Sending a file below ``MEDIA_ROOT``, or what is at hand, whole or in part.

Headers keep it from acting as a page. Who may have it is decided before. With ``MEDIA_ACCEL_PREFIX`` nginx sends the
bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_http_date_safe

from streamsite.cache_headers import NEVER_STORED, CachePolicy
from streamsite.errors import Absent
from streamsite.ranges import Unsatisfiable, parse_range

# Up to here an answer is one piece, and no thread waits for its reader.
WHOLE_BYTES = 256 * 1024
# The server holds some eight pieces for each reader that is slow: a megabyte each would be 8 MB for one reader.
CHUNK_BYTES = WHOLE_BYTES


class ContentFacts(NamedTuple):
    """The facts that conditional requests and ranges are judged by. ``modified`` is in seconds since 1970."""

    size: int
    etag: str
    modified: float

    @classmethod
    def of_file(cls, status: os.stat_result) -> ContentFacts:
        """Return those of a file on the disk."""
        return cls(status.st_size, f'"{status.st_mtime_ns:x}-{status.st_size:x}"', status.st_mtime)


class FileAnswer(NamedTuple):
    """An answer with a file: ``length`` bytes from ``first`` on are its body, none where nginx sends them."""

    status: int
    headers: dict[str, str]
    first: int = 0
    length: int = 0


def send_file(
    request: HttpRequest, path: str | Path, *, content_type: str, cache: CachePolicy
) -> HttpResponseBase:
    """Send the file ``path``: conditional requests, one byte range, HEAD. Raises ``Absent`` when there is none."""
    try:
        facts = ContentFacts.of_file(Path(path).stat())
    except OSError:
        raise Absent from None
    return _respond(
        request,
        facts,
        lambda first, length: read_pieces(path, first, length),
        content_type=content_type,
        cache=cache,
        accelerated=accelerated_address(path),
    )


def send_content(
    request: HttpRequest, content: bytes, facts: ContentFacts, *, content_type: str, cache: CachePolicy
) -> HttpResponseBase:
    """Send ``content`` as ``send_file`` sends a file."""
    return _respond(
        request,
        facts,
        lambda first, length: iter([content[first : first + length]]),
        content_type=content_type,
        cache=cache,
    )


def send_pieces(
    request: HttpRequest,
    facts: ContentFacts,
    pieces: Callable[[int, int], Iterator[bytes]],
    *,
    content_type: str,
    cache: CachePolicy,
) -> HttpResponseBase:
    """Send what ``pieces(first, length)`` yields as ``send_file`` sends a file."""
    return _respond(request, facts, pieces, content_type=content_type, cache=cache)


def inert_headers(cache: CachePolicy) -> dict[str, str]:
    """Return headers that keep what is sent from acting as a page or for another site."""
    return {
        "Cache-Control": cache.value,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def accelerated_address(path: str | Path) -> str:
    """Return the address by which nginx sends the file ``path`` below ``MEDIA_ROOT``, "" where it sends none."""
    prefix = settings.MEDIA_ACCEL_PREFIX
    return f"{prefix.rstrip('/')}{str(path).removeprefix(str(settings.MEDIA_ROOT))}" if prefix else ""


def judge(
    method: str | None,
    asked: Mapping[str, str],
    facts: ContentFacts,
    *,
    content_type: str,
    cache: CachePolicy,
    accelerated: str = "",
) -> FileAnswer:
    """Return the answer to a request for a file with these facts. Raises ``Unsatisfiable``.

    ``asked`` is the request as WSGI has it, with ``HTTP_RANGE`` and the like. At ``accelerated`` nginx has the file.
    """
    modified = formatdate(facts.modified, usegmt=True)
    headers = {
        "Content-Type": content_type,
        "ETag": facts.etag,
        "Last-Modified": modified,
        "Accept-Ranges": "bytes",
        **inert_headers(cache),
    }
    if _is_known(asked, facts):
        return FileAnswer(304, headers)
    applies = _range_applies(asked, facts.etag, modified)
    wanted = parse_range(asked.get("HTTP_RANGE", ""), facts.size) if applies else None
    if accelerated:
        # nginx says itself that it takes ranges, and would say it twice.
        del headers["Accept-Ranges"]
        return FileAnswer(200, headers | {"X-Accel-Redirect": accelerated})
    first, length = (wanted.first, wanted.length) if wanted else (0, facts.size)
    headers["Content-Length"] = str(length)
    if wanted:
        headers["Content-Range"] = wanted.content_range
    return FileAnswer(206 if wanted else 200, headers, first, 0 if method == "HEAD" else length)


def read_pieces(path: str | Path, first: int, length: int) -> Iterator[bytes]:
    """Yield ``length`` bytes of the file ``path`` from ``first`` on, fewer when it ends before."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        end = first + length
        while first < end and (piece := os.pread(opened, min(CHUNK_BYTES, end - first), first)):
            yield piece
            first += len(piece)
    finally:
        os.close(opened)


def _respond(
    request: HttpRequest,
    facts: ContentFacts,
    pieces: Callable[[int, int], Iterator[bytes]],
    *,
    content_type: str,
    cache: CachePolicy,
    accelerated: str = "",
) -> HttpResponseBase:
    try:
        answer = judge(
            *(request.method, request.META, facts),
            content_type=content_type,
            cache=cache,
            accelerated=accelerated,
        )
    except Unsatisfiable as unsatisfiable:
        return _refuse_range(request, unsatisfiable, cache)
    status, headers, length = answer.status, answer.headers, answer.length
    if length > WHOLE_BYTES:
        return StreamingHttpResponse(pieces(answer.first, length), status=status, headers=headers)
    content = b"".join(pieces(answer.first, length)) if length else b""
    return HttpResponse(content, status=status, headers=headers)


def _refuse_range(request: HttpRequest, refused: Unsatisfiable, cache: CachePolicy) -> HttpResponse:
    return HttpResponse(
        b'{"code":"range_not_satisfiable","detail":"The range is beyond the end of the file.","request_id":"%s"}'
        % getattr(request, "request_id", "").encode(),
        status=416,
        content_type="application/json",
        # Without the tag: a server in front that sends the files may have tags of its own for them.
        headers={
            "Accept-Ranges": "bytes",
            **inert_headers(cache),
            "Content-Range": refused.content_range,
            "Cache-Control": NEVER_STORED.value,
        },
    )


def _is_known(asked: Mapping[str, str], facts: ContentFacts) -> bool:
    """Return whether the client has this very file; the date counts only without a tag (RFC 9110, 13.2.2)."""
    if "HTTP_IF_NONE_MATCH" in asked:
        return _matches(asked["HTTP_IF_NONE_MATCH"], facts.etag)
    date = asked.get("HTTP_IF_MODIFIED_SINCE", "")
    since = parse_http_date_safe(date) if date else None
    return since is not None and int(facts.modified) <= since


def _matches(header: str, etag: str) -> bool:
    candidates = [value.strip().removeprefix("W/") for value in header.split(",")]
    return "*" in candidates or etag in candidates


def _range_applies(asked: Mapping[str, str], etag: str, modified: str) -> bool:
    """Return whether ``If-Range``, when sent, names the file as it is."""
    condition = asked.get("HTTP_IF_RANGE", "").strip()
    return not condition or condition in {etag, modified}
