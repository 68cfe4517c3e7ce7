"""Headers for a proxy in front: how long it may keep an answer, and that it may not compress it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase, ResponseHeaders
from django.utils.cache import patch_cache_control

Handler = Callable[[HttpRequest], HttpResponseBase]

# X-Accel-Sets-Cache-Control, as WSGI has it: sent by an nginx that puts the answer's X-Accel-Cache-Control on the file.
SETS_CACHE_CONTROL = "HTTP_X_ACCEL_SETS_CACHE_CONTROL"
CACHE_CONTROL = "X-Accel-Cache-Control"
FOR_EVERYONE = re.compile(r"\bpublic\b")
FOR_ONE_READER = re.compile(r"\b(?:private|no-store)\b")
TEXT_TYPES = ("text/csv", "text/plain", "text/x-opml")


class FrontMiddleware:
    """Mark what may hold a secret as not to be compressed, and give nginx the cache header of a file apart."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle the request and mark its answer."""
        response = self.get_response(request)
        if _may_hold_a_secret(response):
            patch_cache_control(response, no_transform=True)
        give_nginx_the_cache_header(request.META, response.headers)
        return response


def give_nginx_the_cache_header(
    asked: Mapping[str, Any], named: MutableMapping[str, str] | ResponseHeaders
) -> None:
    """Give nginx the cache header of a file that it is told to send apart; ``asked`` is the request as WSGI has it.

    It would keep ``Cache-Control`` on an error when it cannot send the file.
    """
    if "X-Accel-Redirect" in named and SETS_CACHE_CONTROL in asked:
        named[CACHE_CONTROL] = named.get("Cache-Control", "no-store")
        named.pop("Cache-Control", "")


def _may_hold_a_secret(response: HttpResponseBase) -> bool:
    """Return whether this is text for one reader, which may hold tokens or addresses that open something.

    Compressed together with what others can put into it, its length would give a secret away byte by byte (BREACH).
    Pages are not meant: the site compresses them itself, with a padding of random length.
    """
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    cache = response.headers.get("Cache-Control", "")
    if kind == "application/json" or kind.endswith("+json"):
        return not FOR_EVERYONE.search(cache)
    is_text = kind in TEXT_TYPES or kind.endswith(("+xml", "/xml"))
    return is_text and FOR_ONE_READER.search(cache) is not None
