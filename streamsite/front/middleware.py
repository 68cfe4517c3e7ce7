"""Headers for a proxy in front: how long it may keep an answer, and that it may not compress it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

Handler = Callable[[HttpRequest], HttpResponseBase]

# Sent by an nginx that puts the answer's X-Accel-Cache-Control on the file that it sends.
SETS_CACHE_CONTROL = "X-Accel-Sets-Cache-Control"
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
        if response.has_header("X-Accel-Redirect") and SETS_CACHE_CONTROL in request.headers:
            # nginx would keep Cache-Control on an error when it cannot send the file.
            response[CACHE_CONTROL] = response.headers.get("Cache-Control", "no-store")
            del response["Cache-Control"]
        return response


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
