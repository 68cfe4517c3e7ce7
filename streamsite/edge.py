"""Answers to plain requests for files, before Django: no middleware and no route is gone through for a segment.

Whoever asks with ``GET`` or ``HEAD`` for a file that the token in its address opens gets it here. Everything else is
Django's: refusals, what an account or a bucket decides about, composed playlists, preflights, and whatever is unusual
about a request or the site. So each refusal has one home, and an answer from here is the one that Django would give:
the same functions decide (``settings.EDGE_FILES``), judge conditions and ranges (``streamsite.files``), count and log.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils.module_loading import import_string

from streamsite import access_log, cors, download_slots, errors, files, headers, logs
from streamsite.cache_headers import CachePolicy
from streamsite.caching import ExpiringCache
from streamsite.early_refusals import Application, StartResponse
from streamsite.front.middleware import give_nginx_the_cache_header
from streamsite.http_methods import READ_METHODS
from streamsite.metrics.requests import MEDIA, count_request
from streamsite.ranges import Unsatisfiable
from streamsite.rate_limits import throttle_key
from streamsite.site_mode.state import site_mode

logger = logging.getLogger("streamsite.edge")

# Of what Django answered to a browser's cookies: how long it is believed, and for how many browsers.
COOKIES_SECONDS, MAX_COOKIES = 30.0, 20_000
# How long nothing is tried here after the database did not answer, so that nobody waits for it twice.
REST_SECONDS = 5.0
# Requests with one of these are Django's: bodies, and callers who prove who they are.
NOT_PLAIN = ("HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT")
STATUS_LINES = {status: f"{status.value} {status.phrase}" for status in HTTPStatus}
SUCCESSES = ("200", "206", "304")


class EdgeFile(Protocol):
    """A file that anyone with its address may have now."""

    @property
    def path(self) -> str:
        """Its path on the disk."""
        ...

    @property
    def content_type(self) -> str:
        """Its content type."""
        ...

    cache: CachePolicy
    # The name of the view that would send it.
    route: str
    # Whether pages of every origin may read it.
    is_open: bool
    # The header ``Content-Disposition``, or "".
    attachment: str


class EdgeRequest(HttpRequest):
    """A minimal request, without what Django prepares for views."""

    def __init__(
        self, environ: dict[str, Any], path: str
    ) -> None:  # without super(): it makes what is not needed
        self.META = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = self.path_info = path
        self.resolver_match = None

    def _get_scheme(self) -> str:
        return str(self.META["wsgi.url_scheme"])


class EdgeAnswer:
    """An answer, with what counting and logging look at."""

    def __init__(
        self, status: int, named: dict[str, str], content: bytes, pieces: Iterable[bytes] | None
    ) -> None:
        self.status_code = status
        self.headers = named
        self.content = content
        self.pieces = pieces
        self.streaming = pieces is not None

    def has_header(self, name: str) -> bool:
        """Return whether the answer has a header of that name, written like this."""
        return name in self.headers

    def close(self) -> None:
        """Give back what a large answer holds; for one that is not sent."""
        close = getattr(self.pieces, "close", None)
        if close is not None:
            close()


class KnownCookies:
    """The cookies of browsers to which Django lately sent a file without changing a cookie.

    What else a session does to such an answer, such as counting as used, happens as often as this is forgotten.
    """

    def __init__(self) -> None:
        self._known: ExpiringCache[bytes, bool] = ExpiringCache(
            seconds=COOKIES_SECONDS, max_entries=MAX_COOKIES
        )

    def are_settled(self, cookies: str, cache: str) -> bool:
        """Return whether a file with this ``Cache-Control`` changes none of the cookies."""
        return not cookies or self._known.get(_digest(cookies, cache), False)

    def learning(self, cookies: str, start_response: StartResponse) -> StartResponse:
        """Return ``start_response`` for Django, which notes when a file is sent and no cookie is set."""

        def start(status: str, named: list[tuple[str, str]], *more: object) -> object:
            given = {name.lower(): value for name, value in named}
            if status[:3] in SUCCESSES and "set-cookie" not in given:
                cache = given.get("x-accel-cache-control") or given.get("cache-control", "")
                self._known.put(_digest(cookies, cache), True)
            return start_response(status, named, *more)

        return start


def _digest(cookies: str, cache: str) -> bytes:
    return hashlib.sha256(f"{cache}\n{cookies}".encode(errors="replace")).digest()


class Edge:
    """Answers plain requests for files, and passes all others to ``application``."""

    def __init__(self, application: Application, find: Callable[[str], EdgeFile | None]) -> None:
        self._application = application
        self._find = find
        self._cookies = KnownCookies()
        # The last one is Django's word for having looked whose session this is.
        self._always = headers.security_headers() | {
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Vary": "Cookie",
        }
        self._matches: dict[str, ResolverMatch] = {}
        self._rests_until = 0.0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(MEDIA) or not _is_plain(environ, path):
            return self._application(environ, start_response)
        begun = time.perf_counter()
        request = EdgeRequest(environ, path)
        with logs.bind_request_id(request) as request_id:
            answer = self._answer(request)
            if answer is not None:
                try:
                    access_log.log_request(request, answer, begun)
                    count_request(request, answer, time.perf_counter() - begun)
                except BaseException:
                    answer.close()
                    raise
        if answer is not None:
            answer.headers["X-Request-Id"] = request_id
            start_response(STATUS_LINES[HTTPStatus(answer.status_code)], list(answer.headers.items()))
            return [answer.content] if answer.pieces is None else answer.pieces
        if cookies := environ.get("HTTP_COOKIE", ""):
            start_response = self._cookies.learning(cookies, start_response)
        return self._application(environ, start_response)

    def _answer(self, request: EdgeRequest) -> EdgeAnswer | None:
        """Return the answer; ``None`` when it is Django's to give, and when anything goes wrong."""
        try:
            if not _is_expected(request) or not site_mode().is_normal or time.monotonic() < self._rests_until:
                return None
            file = self._find(request.path)
            cookies = request.META.get("HTTP_COOKIE", "")
            if file is None or not self._cookies.are_settled(cookies, file.cache.value):
                return None
            self._name_route(request, file.route)
            return self._send(request, file)
        except (OSError, Unsatisfiable):  # no such file, or no such part of it
            return None
        except Exception as error:  # Django meets it as well, and says what it is
            known = errors.from_exception(error)
            if known is None:
                logger.exception("left to Django")
            elif isinstance(known, errors.Unavailable):
                self._rests_until = time.monotonic() + REST_SECONDS
            return None

    def _send(self, request: EdgeRequest, file: EdgeFile) -> EdgeAnswer | None:
        judged = files.judge(
            request.method,
            request.META,
            files.ContentFacts.of_file(os.stat(file.path)),  # noqa: PTH116 - a Path costs more than this
            content_type=file.content_type,
            cache=file.cache,
            accelerated=files.accelerated_address(file.path),
        )
        named = self._always | judged.headers
        if not request.is_secure():
            named.pop("Strict-Transport-Security", None)
        if file.attachment:
            named["Content-Disposition"] = file.attachment
        if file.is_open:
            named |= cors.OPEN_HEADERS
        give_nginx_the_cache_header(request.META, named)
        if judged.length > files.WHOLE_BYTES:
            pieces = _hold_slot(request, files.read_pieces(file.path, judged.first, judged.length))
            return None if pieces is None else EdgeAnswer(judged.status, named, b"", pieces)
        content = (
            b"".join(files.read_pieces(file.path, judged.first, judged.length)) if judged.length else b""
        )
        named.setdefault("Content-Length", str(len(content)))
        return EdgeAnswer(judged.status, named, content, None) if len(content) == judged.length else None

    def _name_route(self, request: EdgeRequest, route: str) -> None:
        if route not in self._matches:
            self._matches[route] = ResolverMatch(self._send, (), {}, url_name=route)
        request.resolver_match = self._matches[route]


def before(application: Application) -> Application:
    """Return ``application`` with the answers of this module before it."""
    return Edge(application, import_string(settings.EDGE_FILES))


def _is_plain(environ: Mapping[str, Any], path: str) -> bool:
    """Return whether the request is one that a player makes: it reads, has no body, and does not say who asks."""
    return (
        environ["REQUEST_METHOD"] in READ_METHODS
        and path.isascii()
        and not environ.get("SCRIPT_NAME")
        and environ.get("CONTENT_LENGTH", "") in {"", "0"}
        and "HTTP_HOST" in environ
        and not any(name in environ for name in NOT_PLAIN)
        # The line of a request names the account of its cookies.
        and not (settings.LOG_CLIENTS and "HTTP_COOKIE" in environ)
    )


def _is_expected(request: EdgeRequest) -> bool:
    """Return whether the request came to one of the site's names, and need not be sent on to https."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return request.is_secure() or not settings.SECURE_SSL_REDIRECT


def _hold_slot(request: EdgeRequest, pieces: Iterator[bytes]) -> Iterable[bytes] | None:
    """Return the pieces of a large answer with a slot to send them; ``None`` while there is none."""
    release = download_slots.slots.take(throttle_key(request))
    return None if release is None else download_slots.SlotHoldingContent(pieces, release, is_media=True)
