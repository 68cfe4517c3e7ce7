"""Shared by pages for frames of other sites: their headers, and the host that frames them as far as it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from streamsite.cache_headers import REVALIDATED
from streamsite.middleware import framed_content_policy
from streamsite.view_helpers import referring_host
from videos import embed_allowlist

FRAMES = {"iframe", "frame", "embed", "object"}
# Reason -> status, and the code of the ``error`` event that a frame sends to the page around it.
ABSENT, OFF, ELSEWHERE, EMPTY = "absent", "off", "elsewhere", "empty"
STATUSES = {ABSENT: 404, OFF: 403, ELSEWHERE: 403, EMPTY: 200}
CODES = {ABSENT: 100, OFF: 101, ELSEWHERE: 101, EMPTY: 100}


def framing_host(request: HttpRequest) -> str:
    """Return the host of the page around the frame as the browser says it, "" when it doesn't.

    A claim: it may choose what is shown, never replace ``frame-ancestors``.
    """
    if request.headers.get("Sec-Fetch-Dest", "iframe") not in FRAMES:
        return ""
    return referring_host(request)


def is_framed_by_other_site(request: HttpRequest, domains: Iterable[str]) -> bool:
    """Return whether the browser says that a site that isn't on the list frames the page."""
    host = framing_host(request)
    return bool(host and domains and not embed_allowlist.is_allowed(domains, host))


def allow_framing(response: HttpResponse, domains: Sequence[str] = ()) -> HttpResponse:
    """Add the headers of a page that the sites on the list may frame, every site when it is empty."""
    response["Content-Security-Policy"] = framed_content_policy(embed_allowlist.frame_ancestors(domains))
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Vary"] = "Referer, Sec-Fetch-Dest"
    return REVALIDATED.set_on(response)


def refusal_page(request: HttpRequest, reason: str, **context: object) -> HttpResponse:
    """Return a page in the player's size that says why there is none. Every site may frame it."""
    context |= {"reason": reason, "code": CODES[reason]}
    return allow_framing(render(request, "videos/embed_refused.html", context, status=STATUSES[reason]))
