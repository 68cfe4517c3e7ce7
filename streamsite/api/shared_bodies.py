"""A short-lived cache of answers that many signed-in callers get alike, such as a list of public videos.

Visitors' whole answers are cached by ``streamsite.kept_answers``. An answer to a signed-in caller has headers of its
own and counts for their account, so only its body is cached, by everything that it depends on. Changes on this host
invalidate it (``streamsite.change_mark``), and it lasts ``KEPT_ANSWER_SECONDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from streamsite import origin
from streamsite.api import conditional
from streamsite.api.renderers import OrjsonRenderer
from streamsite.caching import ExpiringCache, digest_key, setting_seconds
from streamsite.mongo.engine import kept_documents

MAX_BYTES, MAX_BODIES = 128 * 1024, 256

# A digest of address, query string, origin, language, and group of callers.
Key = bytes


@dataclass(frozen=True)
class SharedBody:
    """A rendered body and its ETag; ``mark`` was current before the body was made."""

    mark: bytes
    etag: str
    content: bytes


_bodies: ExpiringCache[Key, SharedBody] = ExpiringCache(
    seconds=setting_seconds("KEPT_ANSWER_SECONDS"), max_entries=MAX_BODIES
)


def shared_response(
    request: Request, make_body: Callable[[], Mapping[str, object]], among: str | None
) -> Response:
    """Return ``conditional_response`` of the body, which is made once for all callers of the group ``among``.

    The body may depend on the address and on the group, and on nothing else about the caller. ``None`` is for callers
    whose bodies are their own.
    """
    mark = kept_documents.current_mark()
    if among is None or mark is None:
        return conditional.conditional_response(request, make_body())
    query = request.META.get("QUERY_STRING", "")
    key = digest_key(request.path, query, origin.current(), get_language(), among)
    shared = _bodies.get(key, None)
    if shared is None or shared.mark != mark:
        body = make_body()
        shared = SharedBody(mark, conditional.body_etag(body), OrjsonRenderer().render(body))
        if len(shared.content) <= MAX_BYTES:
            _bodies.put(key, shared)
    return conditional.response_with_etag(request, orjson.Fragment(shared.content), shared.etag)


def forget_all() -> None:
    """Drop every body of this process."""
    _bodies.clear()
