"""A short-lived cache of answers to visitors: those of the API, the home page, and the pages of videos.

An answer is cached if it depends on nothing about the caller except the headers in the key. An answer of the API is
cached if its view allows shared caches to store it and only the general rate limit applies; a page is cached if it
sets no cookie and no ``Cache-Control``. Answers last ``KEPT_ANSWER_SECONDS``, and any change on this host invalidates
them (``change_mark``). Requests for an answer that is being made wait for it up to ``WAIT_SECONDS``.

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
from streamsite.caching import ExpiringCache, digest_key, setting_seconds
from streamsite.http_methods import SAFE_METHODS
from streamsite.mongo.engine import kept_documents
from streamsite.rate_limits import throttle_key
from streamsite.site_settings.features import features

Handler = Callable[[HttpRequest], HttpResponseBase]
# A digest of all that an answer may depend on: clients choose how long that is.
Key = bytes

PREFIX = "/api/v1/"
# Pages that are kept. Parts of them, which scripts ask for, are not.
PAGES = re.compile(r"/|/watch/[A-Za-z0-9_-]{11}")
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
# Frequent requests that do not affect cached answers, unless they write to a collection of kept documents, as the last
# chunk of an upload does.
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
    """A cached answer, without the headers of a single request. ``mark`` was read before it was made.

    ``is_counted`` says that it is one of the API, whose reads are limited.
    """

    mark: bytes
    status: int
    content: bytes
    headers: tuple[tuple[str, str], ...]
    match: ResolverMatch
    is_counted: bool


_answers: ExpiringCache[Key, KeptAnswer] = ExpiringCache(
    seconds=setting_seconds("KEPT_ANSWER_SECONDS"), max_entries=MAX_ANSWERS
)
# Keys whose answers were not for everyone a moment ago.
_passing: ExpiringCache[Key, bool] = ExpiringCache(seconds=PASSING_SECONDS, max_entries=MAX_PASSING)
# By key and mark: an answer from before a change is not worth waiting for.
_being_made: dict[tuple[Key, bytes], Event] = {}
_being_made_lock = Lock()


def forget_all() -> None:
    """Drop every kept answer of this process."""
    _answers.clear()
    _passing.clear()


class KeptAnswersMiddleware:
    """Answers visitors from what is kept, and renews the mark behind every request that may change it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from what is kept, or pass the request on."""
        if request.method not in SAFE_METHODS:
            return self._change(request)
        mark = change_mark.current()
        with kept_documents.reading(mark, settings.KEPT_ROW_SECONDS) as work:
            response = self._read(request, mark)
        if work.has_written:
            change_mark.renew()
        return response

    def _change(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request that may change something, and renew the mark before the answer goes out."""
        status = 0
        with kept_documents.watching_writes() as work:
            try:
                response = self.get_response(request)
                status = response.status_code
                return response
            finally:
                is_without_effect = status in WITHOUT_EFFECT_STATUSES or WITHOUT_EFFECT.fullmatch(
                    request.path_info
                )
                if work.has_written or not is_without_effect:
                    change_mark.renew()

    def _read(self, request: HttpRequest, mark: bytes | None) -> HttpResponseBase:
        key = _key(request)
        if key is None or mark is None:
            return self.get_response(request)
        return self._answer(request, key, mark)

    def _answer(self, request: HttpRequest, key: Key, mark: bytes) -> HttpResponseBase:
        kept, making = _find(key, mark), None
        if kept is None and not _passing.get(key, False):
            making = _begin(key, mark)
            if making is None:
                kept = _wait(key, mark)
        try:
            if kept is not None:
                headers = count_read(throttle_key(request)) if kept.is_counted else {}
                if headers is not None:
                    return _again(request, kept, headers)
            response = self.get_response(request)
            if kept is None:
                _keep(request, response, key, mark)
            return response
        finally:
            if making is not None:
                _end(key, mark, making)


def _key(request: HttpRequest) -> Key | None:
    """Return what an answer may depend on, ``None`` for a request whose answer is not kept."""
    meta = request.META
    if _is_api(request):
        may_be_kept = features().public_api
    else:
        may_be_kept = PAGES.fullmatch(request.path_info) is not None and "HTTP_HX_REQUEST" not in meta
    if (
        request.method != "GET"
        or not may_be_kept
        or any(meta.get(name) for name in CALLER_HEADERS)
        or meta.get("CONTENT_LENGTH") not in {None, "", "0"}
        or "HTTP_TRANSFER_ENCODING" in meta
        or "share" in request.GET  # each use of such a link counts
        or settings.KEPT_ANSWER_SECONDS <= 0
    ):
        return None
    return digest_key(
        request.path_info,
        meta.get("QUERY_STRING", ""),
        str(request.scheme),
        *(meta.get(name, "") for name in KEY_HEADERS),
    )


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(PREFIX)


def _find(key: Key, mark: bytes) -> KeptAnswer | None:
    kept = _answers.get(key, None)
    return kept if kept is not None and kept.mark == mark else None


def _begin(key: Key, mark: bytes) -> Event | None:
    """Return what others wait for while this request makes the answer; ``None`` while another one makes it."""
    making = Event()
    with _being_made_lock:
        return making if _being_made.setdefault((key, mark), making) is making else None


def _wait(key: Key, mark: bytes) -> KeptAnswer | None:
    """Return the answer that another request makes; ``None`` if it takes long, or is none for everyone."""
    making = _being_made.get((key, mark))
    if making is not None:
        making.wait(WAIT_SECONDS)
    return _find(key, mark)


def _end(key: Key, mark: bytes, making: Event) -> None:
    """Let those go on who wait, all of them at once."""
    with _being_made_lock:
        del _being_made[key, mark]
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
        and not response.cookies
        and len(response.content) <= MAX_BYTES
        and _is_for_everyone(request, response, match)
    ):
        _passing.put(key, True)
        return
    headers = tuple(
        (name, value) for name, value in response.items() if not name.lower().startswith(LIMIT_HEADERS)
    )
    is_counted = _is_api(request)
    _answers.put(key, KeptAnswer(mark, response.status_code, response.content, headers, match, is_counted))


def _is_for_everyone(request: HttpRequest, response: HttpResponse, match: ResolverMatch) -> bool:
    """Return whether other visitors get the same answer. Pages that are for one person have a ``Cache-Control``."""
    policy = response.headers.get("Cache-Control", "")
    if not _is_api(request):
        return policy == ""
    return PUBLIC.search(policy) is not None and _has_general_limit_alone(match)


def _has_general_limit_alone(match: ResolverMatch) -> bool:
    """Return whether a view is limited by nothing but ``GroupThrottle``, which ``count_read`` stands for."""
    view = getattr(match.func, "cls", None)
    return list(getattr(view, "throttle_classes", ())) == [GroupThrottle]
