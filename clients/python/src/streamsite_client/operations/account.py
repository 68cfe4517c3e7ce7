"""The caller's account, watch history, and personal tokens."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

from streamsite_client.binding import Listing
from streamsite_client.core import Core, path_of
from streamsite_client.models import Account, ApiToken, Card, HistoryEntry
from streamsite_client.steps import Flow


def register(core: Core, /, username: str, email: str, password: str, **fields: Any) -> Flow[Account]:
    """Create an account, without signing in; ``fields`` are ``full_name``, ``invitation``, ``accept_terms``."""
    body = {"username": username, "email": email, "password": password} | fields
    account: Account = yield from core.call("POST", "auth/register", json=body, is_authorized=False)
    return account


def sign_in(
    core: Core, /, login: str, password: str, *, otp: str | None = None, remember: bool = True
) -> Flow[Account]:
    """Start a session; return the account. Raises ``OtpRequired`` when a code is needed, ``Unauthorized``."""
    account: Account = yield from core.sign_in(login, password, otp=otp, remember=remember)
    return account


def sign_out(core: Core, /) -> Flow[None]:
    """End the session and forget its tokens."""
    yield from core.sign_out()


def me(core: Core, /) -> Flow[Account]:
    """Read the caller's account."""
    account: Account = yield from core.call("GET", "me")
    return account


def update(core: Core, /, **changes: Any) -> Flow[Account]:
    """Change ``full_name``, ``bio``, ``links`` or ``preferences`` of the caller's account; return it."""
    account: Account = yield from core.call("PATCH", "me", json=changes)
    return account


def history(q: str | None = None) -> Listing[HistoryEntry]:
    """List watched videos, the latest first."""
    return Listing("me/history", {"q": q})


def forget(core: Core, /, video_id: str | None = None) -> Flow[None]:
    """Remove a video from the watch history, or clear it."""
    yield from core.call("DELETE", path_of("me", "history", *([video_id] if video_id else [])))


def likes() -> Listing[Card]:
    """List liked videos, the latest first."""
    return Listing("me/likes")


def api_tokens() -> Listing[ApiToken]:
    """List the caller's personal tokens, without their secrets."""
    return Listing("auth/api-tokens")


def create_api_token(
    core: Core,
    /,
    name: str,
    scopes: Sequence[Literal["read", "upload", "write"]],
    *,
    expires_at: str | None = None,
    key: str | None = None,
) -> Flow[ApiToken]:
    """Create a personal token; the answer is the only one with its secret. Needs a sign-in of the last ten minutes."""
    body: dict[str, object] = {"name": name, "scopes": list(scopes)}
    if expires_at:
        body["expires_at"] = expires_at
    token: ApiToken = yield from core.call("POST", "auth/api-tokens", json=body, key=key or str(uuid.uuid4()))
    return token


def delete_api_token(core: Core, /, token_id: str) -> Flow[None]:
    """Revoke a personal token."""
    yield from core.call("DELETE", path_of("auth", "api-tokens", token_id))
