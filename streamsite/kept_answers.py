"""Answers of the API to visitors, kept for a moment: the same bytes for everyone who asks the same.

An answer is kept when its view says that shared caches may have it, nothing about the caller had a say in it but the
headers of the key, and only the general rate limit was asked. It lasts ``KEPT_ANSWER_SECONDS``, and ends at once with
every request of this host that changes something, by the mark of ``change_mark``. Those who ask for the same while it
is made wait for it.

A kept answer counts like any other: in the rate limit, the log, and the metrics.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from streamsite import change_mark
from streamsite.api.throttling import GroupThrottle, count_read
from streamsite.caching import ExpiringCache
from streamsite.rate_limits import throttle_key
from streamsite.site_settings.features import features

Handler = Callable[[HttpRequest], HttpResponseBase]
Key = tuple[str, ...]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
PREFIX = "/api/v1/"
# What says who calls, or from which page: such answers may differ from caller to caller.
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
# Requests that change nothing of what is kept, and of which there are many.
WITHOUT_EFFECT = re.compile(r"/api/v1/(?:auth/token/refresh|uploads/?.*|videos/[^/]+/playback)/?")
# A share link counts each of its uses.
SHARE_SECRET = re.compile(r"(?:^|[&;])share=")
PUBLIC = re.compile(r"\bpublic\b")
LIMIT_HEADERS = "ratelimit-"
MAX_BYTES, MAX_ANSWERS = 64 * 1024, 512


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was made, without what belongs to one request; ``mark`` is from before it was made."""

    mark: bytes
    status: int
    content: bytes
    headers: tuple[tuple[str, str], ...]
    match: ResolverMatch


def _keep_seconds(_: object) -> float:
    # Read at each call, because tests change it.
    return settings.KEPT_ANSWER_SECONDS


_answers: ExpiringCache[Key, KeptAnswer] = ExpiringCache(seconds=_keep_seconds, max_entries=MAX_ANSWERS)
_being_made: dict[Key, Lock] = {}
_being_made_lock = Lock()


def forget_all() -> None:
    """Drop every kept answer of this process."""
    _answers.clear()


class KeptAnswersMiddleware:
    """Answers visitors of the API from what is kept, and renews the mark behind every request that may change it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from what is kept, or pass the request on."""
        if request.method not in SAFE_METHODS:
            try:
                return self.get_response(request)
            finally:
                if not WITHOUT_EFFECT.fullmatch(request.path_info):
                    change_mark.renew()
        key = _key(request)
        return self.get_response(request) if key is None else self._answer(request, key)

    def _answer(self, request: HttpRequest, key: Key) -> HttpResponseBase:
        mark = change_mark.current()
        if mark is None:
            return self.get_response(request)
        with _one_at_a_time(key, lambda: _find(key, mark)) as kept:
            if kept is not None:
                headers = count_read(throttle_key(request))
                if headers is not None:
                    return _again(request, kept, headers)
            response = self.get_response(request)
            if kept is None:
                _keep(request, response, key, mark)
            return response


def _key(request: HttpRequest) -> Key | None:
    """Return what an answer may depend on, ``None`` for a request whose answer is not kept."""
    meta = request.META
    if (
        request.method != "GET"
        or not request.path_info.startswith(PREFIX)
        or any(meta.get(name) for name in CALLER_HEADERS)
        or meta.get("CONTENT_LENGTH") not in {None, "", "0"}
        or "HTTP_TRANSFER_ENCODING" in meta
        or SHARE_SECRET.search(meta.get("QUERY_STRING", ""))
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


@contextmanager
def _one_at_a_time(key: Key, find: Callable[[], KeptAnswer | None]) -> Iterator[KeptAnswer | None]:
    """Yield what is kept; while nothing is, let one thread at a time make it, and the others find it then."""
    if (kept := find()) is not None:
        yield kept
        return
    with _being_made_lock:
        lock = _being_made.setdefault(key, Lock())
    with lock:
        try:
            yield find()
        finally:
            with _being_made_lock:
                if _being_made.get(key) is lock:
                    del _being_made[key]


def _again(request: HttpRequest, kept: KeptAnswer, limit_headers: dict[str, str]) -> HttpResponse:
    """Return the answer for another request."""
    request.resolver_match = kept.match
    response = HttpResponse(kept.content, status=kept.status)
    del response.headers["Content-Type"]
    for name, value in (*kept.headers, *limit_headers.items()):
        response.headers[name] = value
    return response


def _keep(request: HttpRequest, response: HttpResponseBase, key: Key, mark: bytes) -> None:
    match = request.resolver_match
    if (
        isinstance(response, HttpResponse)
        and match is not None
        and response.status_code in {200, 304}
        and PUBLIC.search(response.headers.get("Cache-Control", ""))
        and not response.cookies
        and len(response.content) <= MAX_BYTES
        and _has_general_limit_alone(match)
    ):
        headers = tuple(
            (name, value) for name, value in response.items() if not name.lower().startswith(LIMIT_HEADERS)
        )
        _answers.put(key, KeptAnswer(mark, response.status_code, response.content, headers, match))


def _has_general_limit_alone(match: ResolverMatch) -> bool:
    """Return whether a view is limited by nothing but ``GroupThrottle``, which ``count_read`` stands for."""
    view = getattr(match.func, "cls", None)
    return list(getattr(view, "throttle_classes", ())) == [GroupThrottle]
