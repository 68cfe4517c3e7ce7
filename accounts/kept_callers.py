"""A short-lived cache of callers: the token, account, and session behind an access token.

An app sends several requests within a second, and each of them would load the same account. Requests with a safe
method may use the cached caller for ``KEPT_CALLER_SECONDS``, until something changes on this host
(``streamsite.change_mark``). Requests with other methods always load everything again.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models.base import ModelState

from accounts.models import User
from accounts.tokens import AccessToken
from streamsite.caching import ExpiringCache, setting_seconds
from streamsite.mongo.engine import kept_documents

MAX_KEPT = 20_000


@dataclass(frozen=True)
class Caller:
    """A cached caller. ``mark`` is the change mark that was read before the lookup."""

    mark: bytes
    user: User
    token: AccessToken


_callers: ExpiringCache[str, Caller] = ExpiringCache(
    seconds=setting_seconds("KEPT_CALLER_SECONDS"), max_entries=MAX_KEPT
)


def find(raw: str, mark: bytes | None) -> tuple[User, AccessToken] | None:
    """Return the cached account and token of a raw token, or ``None`` if there is none or it is outdated."""
    caller = _callers.get(raw, None)
    if caller is None or caller.mark != mark or float(caller.token["exp"]) <= time.time():
        return None
    return _copy(caller.user), caller.token


def keep(raw: str, mark: bytes | None, user: User, token: AccessToken) -> None:
    """Cache the caller of a raw token. ``mark`` is the change mark that was read before the lookup."""
    if mark is not None and settings.KEPT_CALLER_SECONDS > 0:
        _callers.put(raw, Caller(mark, _copy(user), token))


def current_mark() -> bytes | None:
    """Return the change mark that the request began with, or ``None`` if its caller is not cached."""
    return kept_documents.current_mark() if settings.KEPT_CALLER_SECONDS > 0 else None


def forget_all() -> None:
    """Empty this process's cache."""
    _callers.clear()


def _copy(user: User) -> User:
    """Return a copy of the account, which a request may change without effect on the cache."""
    again = User.__new__(User)
    again.__dict__.update(
        (name, copy.copy(value) if isinstance(value, (dict, list)) else value)
        for name, value in vars(user).items()
    )
    again._state = ModelState()
    again._state.adding, again._state.db = False, user._state.db
    return again
