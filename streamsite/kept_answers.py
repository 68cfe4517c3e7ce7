"""A short-lived cache of the API's answers to visitors.

An answer is cached if its view allows shared caches to store it, if it depends on nothing about the caller except the
headers in the key, and if only the general rate limit applies. It lasts ``KEPT_ANSWER_SECONDS``, and any change on this
host invalidates it (``change_mark``). Requests for an answer that is being made wait for it up to ``WAIT_SECONDS``.

A cached answer counts in the rate limit, the log, and the metrics like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from streamsite import change_mark
from streamsite.api.throttling import GroupThrottle, count_read
from streamsite.caching import ExpiringCache
from streamsite.http_methods import SAFE_METHODS
from streamsite.rate_limits import throttle_key
from streamsite.site_settings.features import features

Handler = Callable[[HttpRequest], HttpResponseBase]
Key = tuple[str, ...]

PREFIX = "/api/v1/"
# Headers that identify the caller or the page. Answers to requests with one of these are not cached.
CALLER_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_ORIGIN")
# What else an answer may depend on.
KEY_HEADERS = (
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_SEC_FETCH_SITE",
)
# Frequent requests that do not affect cached answers.
WITHOUT_EFFECT = re.compile(r"/api/v1/(?:auth/token/refresh|uploads/?.*|videos/[^/]+/playback)/?")
PUBLIC = re.compile(r"\bpublic\b")
LIMIT_HEADERS = "ratelimit-"
MAX_BYTES, MAX_ANSWERS = 128 * 1024, 256
# How long a request waits for an answer that another request is making.
WAIT_SECONDS = 0.5
PASSING_SECONDS, MAX_PASSING = 5.0, 4_000
# Refusals before anything was done.
WITHOUT_EFFECT_STATUSES = {404, 405, 411, 413, 415, 429}


@dataclass(frozen=True)
class KeptAnswer:
    """A cached answer, without the headers of a single request. ``mark`` was read before it was made."""

    mark: bytes
    status: int
    content: bytes
    headers: tuple[tuple[str, str], ...]
    match: ResolverMatch


def _keep_seconds(_: object) -> float:
    # Read at each call, because tests change it.
    return settings.KEPT_ANSWER_SECONDS


_answers: ExpiringCache[Key, KeptAnswer] = ExpiringCache(seconds=_keep_seconds, max_entries=MAX_ANSWERS)
# Keys whose answers were not for everyone a moment ago.
_passing: ExpiringCache[Key, bool] = ExpiringCache(seconds=PASSING_SECONDS, max_entries=MAX_PASSING)
_being_made: dict[Key, Event] = {}
_being_made_lock = Lock()


def forget_all() -> None:
    """Drop every kept answer of this process."""
    _answers.clear()
    _passing.clear()


class KeptAnswersMiddleware:
    """Answers visitors of the API from what is kept, and renews the mark behind every request that may change it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from what is kept, or pass the request on."""
        if request.method not in SAFE_METHODS:
            return self._change(request)
        key = _key(request)
        return self.get_response(request) if key is None else self._answer(request, key)

    def _change(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request that may change something, and renew the mark before the answer goes out."""
        status = 0
        try:
            response = self.get_response(request)
            status = response.status_code
            return response
        finally:
            if status not in WITHOUT_EFFECT_STATUSES and not WITHOUT_EFFECT.fullmatch(request.path_info):
                change_mark.renew()

    def _answer(self, request: HttpRequest, key: Key) -> HttpResponseBase:
        mark = change_mark.current()
        if mark is None:
            return self.get_response(request)
        kept, making = _find(key, mark), None
        if kept is None and not _passing.get(key, False):
            making = _begin(key)
            if making is None:
                kept = _wait(key, mark)
        try:
            if kept is not None:
                headers = count_read(throttle_key(request))
                if headers is not None:
                    return _again(request, kept, headers)
            response = self.get_response(request)
            if kept is None:
                _keep(request, response, key, mark)
            return response
        finally:
            if making is not None:
                _end(key, making)


def _key(request: HttpRequest) -> Key | None:
    """Return what an answer may depend on, ``None`` for a request whose answer is not kept."""
    meta = request.META
    if (
        request.method != "GET"
        or not request.path_info.startswith(PREFIX)
        or any(meta.get(name) for name in CALLER_HEADERS)
        or meta.get("CONTENT_LENGTH") not in {None, "", "0"}
        or "HTTP_TRANSFER_ENCODING" in meta
        or "share" in request.GET  # each use of such a link counts
        or settings.KEPT_ANSWER_SECONDS <= 0
        or not features().public_api
    ):
        return None
    return (
        request.path_info,
        meta.get("QUERY_STRING", ""),
        str(request.scheme),
        *(meta.get(name, "") for name in KEY_HEADERS),
    )


def _find(key: Key, mark: bytes) -> KeptAnswer | None:
    kept = _answers.get(key, None)
    return kept if kept is not None and kept.mark == mark else None


def _begin(key: Key) -> Event | None:
    """Return what others wait for while this request makes the answer; ``None`` while another one makes it."""
    making = Event()
    with _being_made_lock:
        return making if _being_made.setdefault(key, making) is making else None


def _wait(key: Key, mark: bytes) -> KeptAnswer | None:
    """Return the answer that another request makes; ``None`` if it takes long, or is none for everyone."""
    making = _being_made.get(key)
    if making is not None:
        making.wait(WAIT_SECONDS)
    return _find(key, mark)


def _end(key: Key, making: Event) -> None:
    """Let those go on who wait, all of them at once."""
    with _being_made_lock:
        del _being_made[key]
    making.set()


def _again(request: HttpRequest, kept: KeptAnswer, limit_headers: dict[str, str]) -> HttpResponse:
    """Return the answer for another request."""
    request.resolver_match = kept.match
    response = HttpResponse(kept.content, status=kept.status)
    del response.headers["Content-Type"]
    for name, value in (*kept.headers, *limit_headers.items()):
        response.headers[name] = value
    return response


def _keep(request: HttpRequest, response: HttpResponseBase, key: Key, mark: bytes) -> None:
    """Keep the answer if it is for everyone; else remember that nobody needs to wait for its like."""
    match = request.resolver_match
    if not (
        isinstance(response, HttpResponse)
        and match is not None
        and response.status_code in {200, 304}
        and PUBLIC.search(response.headers.get("Cache-Control", ""))
        and not response.cookies
        and len(response.content) <= MAX_BYTES
        and _has_general_limit_alone(match)
    ):
        _passing.put(key, True)
        return
    headers = tuple(
        (name, value) for name, value in response.items() if not name.lower().startswith(LIMIT_HEADERS)
    )
    _answers.put(key, KeptAnswer(mark, response.status_code, response.content, headers, match))


def _has_general_limit_alone(match: ResolverMatch) -> bool:
    """Return whether a view is limited by nothing but ``GroupThrottle``, which ``count_read`` stands for."""
    view = getattr(match.func, "cls", None)
    return list(getattr(view, "throttle_classes", ())) == [GroupThrottle]
