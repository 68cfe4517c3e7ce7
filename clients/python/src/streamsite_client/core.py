"""The core of every call: authorization, refreshing once, retries, and errors."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from streamsite_client.errors import (
    ApiError,
    NetworkError,
    NotStreamsite,
    SessionEnded,
    SignInRequired,
    Unauthorized,
    error_of,
)
from streamsite_client.steps import Answer, Exclusive, Flow, Request, Send, Sleep, Work
from streamsite_client.stores import Tokens, TokenStore

API = "/api/v1/"
REFRESH_CODES = {"token_expired", "token_invalid"}
PASSING_STATUSES = {429, 502, 503, 504}
# A token that ends within these seconds is refreshed before it is sent: a refused upload of megabytes costs more.
MARGIN_SECONDS = 10
FIRST_PAUSE, MAX_PAUSE = 0.5, 20.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def site_of(url: str, *, allow_insecure: bool = False) -> str:
    """Return the origin of a site's address. Raises ``ValueError`` for what would send tokens in the clear."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or not host or parts.username or parts.password:
        raise ValueError(f"{url!r} is not the address of a site, such as https://video.example.org")
    if parts.scheme == "http" and host not in LOOPBACK and not allow_insecure:
        raise ValueError(f"{url!r} is not encrypted: use https")
    return f"{parts.scheme}://{parts.netloc}".lower()


def path_of(*parts: str) -> str:
    """Return a path below the API's root. Raises ``ValueError`` for an id that is none."""
    if any(part.strip(".") == "" for part in parts):
        raise ValueError("an id must not be empty")
    return "/".join(quote(part, safe="@") for part in parts)


class Core:
    """Carries out requests for one site and one caller."""

    def __init__(
        self,
        site: str,
        store: TokenStore,
        *,
        token: str = "",
        max_retries: int = 4,
        max_wait: float = 60,
        on_wait: Callable[[float, Exception], None] | None = None,
    ) -> None:
        self.site = site
        self.store = store
        self._token = token
        self.max_retries = max_retries
        self.max_wait = max_wait
        self._on_wait = on_wait

    def url_of(self, path: str) -> str:
        """Return the URL of a path below the API's root, of a path of the site, or of a whole URL."""
        if "://" in path:
            return path
        return f"{self.site}{path if path.startswith('/') else API + path}"

    def own_path(self, url: str) -> str:
        """Return the path of a URL that the API gave, to be asked of this site whatever name it has there.

        Raises ``NotStreamsite`` unless it is one of the API: a token must not be sent anywhere else.
        """
        parts = urlsplit(url)
        if not parts.path.startswith(API):
            raise NotStreamsite("The site named an address that is not of its API.")
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def call(self, method: str, path: str, **request: Any) -> Flow[Any]:
        """Send a request; return the decoded answer, or ``None`` when it has no content. Raises ``ApiError``."""
        answer = yield from self.exchange(Request(method, path, **request))
        return decoded(answer)

    def exchange(self, request: Request) -> Flow[Answer]:
        """Send a request with the caller's token; refresh and repeat it as its answers say. Raises ``ApiError``."""
        pauses = self._pauses()
        has_refreshed = False
        while True:
            access = (yield from self._access()) if request.is_authorized else ""
            try:
                answer: Answer = yield Send(request, self._headers(request, access))
            except NetworkError as error:
                yield from self._pause(error, pauses, is_allowed=request.is_repeatable)
                continue
            if answer.status < 300 or answer.status == 304:
                return answer
            refusal = error_of(answer)
            if access and refusal.code in REFRESH_CODES and not has_refreshed:
                yield Exclusive(self._refresh(access))
                has_refreshed = True
                continue
            yield from self._pause(refusal, pauses, is_allowed=answer.status in PASSING_STATUSES)

    def _headers(self, request: Request, access: str) -> Mapping[str, str]:
        headers = dict(request.headers)
        if request.key:
            headers["Idempotency-Key"] = request.key
        if access:
            headers["Authorization"] = f"Bearer {access}"
        elif self._token and request.is_authorized:
            headers["Authorization"] = f"Token {self._token}"
        return headers

    def _pauses(self) -> Iterator[float]:
        for attempt in range(self.max_retries):
            # Not all clients of a site that comes back at the same moment.
            yield min(MAX_PAUSE, FIRST_PAUSE * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311

    def _pause(self, error: Exception, pauses: Iterator[float], *, is_allowed: bool) -> Flow[None]:
        """Wait before the next attempt; raise ``error`` when there is none."""
        seconds = next(pauses, None) if is_allowed else None
        if seconds is None:
            raise error
        if isinstance(error, ApiError) and error.retry_after is not None:
            seconds = error.retry_after + seconds / 10
        if seconds > self.max_wait:
            raise error
        if self._on_wait:
            self._on_wait(seconds, error)
        yield Sleep(seconds)

    # --- sessions ---

    def sign_in(
        self, login: str, password: str, *, otp: str | None = None, remember: bool = True
    ) -> Flow[Any]:
        """Start a session; return the account. Raises ``OtpRequired``, ``Unauthorized``."""
        body = {"login": login, "password": password, "remember": remember, "client": "native"}
        if otp:
            body["otp"] = otp
        grant = yield from self.call("POST", "auth/token", json=body, is_authorized=False)
        tokens = tokens_of(grant)
        yield Work(lambda: self.store.save(tokens))
        return grant["user"]

    def sign_out(self) -> Flow[None]:
        """End the session on the site and forget its tokens. Without one nothing happens."""
        tokens: Tokens | None = yield Work(self.store.load)
        if tokens is None:
            return
        body = {"refresh": tokens.refresh}
        try:
            yield from self.call("POST", "auth/logout", json=body, is_authorized=False)
        except Unauthorized:
            pass  # it is over already
        yield Work(self.store.clear)

    def _access(self) -> Flow[str]:
        """Return an access token that has not ended, or nothing when the caller has no session."""
        if self._token:
            return ""
        tokens: Tokens | None = yield Work(self.store.load)
        if tokens is None:
            return ""
        if tokens.expires_at - MARGIN_SECONDS > time.time():
            return tokens.access
        access: str = yield Exclusive(self._refresh(tokens.access))
        return access

    def _refresh(self, used: str) -> Flow[str]:
        """Exchange the refresh token, unless somebody has done so since ``used`` was read; return the access token.

        Raises ``SessionEnded`` when the site refuses, after which the tokens are forgotten. On any other trouble they
        are kept: no answer says nothing about the session.
        """
        tokens: Tokens | None = yield Work(self.store.load)
        if tokens is None:
            raise SignInRequired("The session was ended. Sign in again.")
        if tokens.access != used:
            return tokens.access
        answer = yield from self._exchange_refresh_token(tokens.refresh)
        if answer.status == 401:
            yield Work(self.store.clear)
            raise error_of(answer, SessionEnded)
        new = tokens_of(decoded(answer))
        # Stored before it is used: the one before works only once.
        yield Work(lambda: self.store.save(new))
        return new.access

    def _exchange_refresh_token(self, refresh: str) -> Flow[Answer]:
        """Return the answer to a refresh: tokens, or 401. Attempts are close together, within the period of grace."""
        request = Request("POST", "auth/token/refresh", json={"refresh": refresh}, is_authorized=False)
        pauses = self._pauses()
        while True:
            try:
                answer: Answer = yield Send(request)
            except NetworkError as error:
                yield from self._pause(error, pauses, is_allowed=True)
                continue
            if answer.status < 300 or answer.status == 401:
                return answer
            yield from self._pause(error_of(answer), pauses, is_allowed=answer.status in PASSING_STATUSES)


def tokens_of(grant: Any) -> Tokens:
    """Return the tokens of an answer to a sign-in or a refresh. Raises ``NotStreamsite``."""
    try:
        expires_at = time.time() + float(grant["expires_in"])
        return Tokens(
            str(grant["access"]), str(grant["refresh"]), expires_at, str(grant.get("session_id", ""))
        )
    except (KeyError, TypeError, ValueError):
        raise NotStreamsite("The answer has no tokens.") from None


def decoded(answer: Answer) -> Any:
    """Return the JSON of an answer, ``None`` when it is empty. Raises ``NotStreamsite``."""
    if not answer.content:
        return None
    try:
        return json.loads(answer.content)
    except ValueError:
        raise NotStreamsite("The answer is not JSON. Is this the address of a Streamsite?") from None
