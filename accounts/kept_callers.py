"""Who calls, kept for a moment: token, account and session of requests that only read.

Every page of an app asks for several things within a second, and each request read the same account. What was found
for an access token is used again for ``KEPT_CALLER_SECONDS`` by requests that change nothing, as long as nothing was
changed on this host (``streamsite.change_mark``). Requests that change something look everything up.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models.base import ModelState

from accounts.models import User
from accounts.tokens import AccessToken
from streamsite import change_mark
from streamsite.caching import ExpiringCache

MAX_KEPT = 20_000


@dataclass(frozen=True)
class Caller:
    """What was found for an access token; ``mark`` is from before it was looked up."""

    mark: bytes
    user: User
    token: AccessToken


def _keep_seconds(_: object) -> float:
    # Read at each call, because tests change it.
    return settings.KEPT_CALLER_SECONDS


_callers: ExpiringCache[str, Caller] = ExpiringCache(seconds=_keep_seconds, max_entries=MAX_KEPT)


def find(raw: str, mark: bytes | None) -> tuple[User, AccessToken] | None:
    """Return account and token as they were found for the same text, ``None`` if that is not to be used any more."""
    caller = _callers.get(raw, None)
    if caller is None or caller.mark != mark or float(caller.token["exp"]) <= time.time():
        return None
    return _copy(caller.user), caller.token


def keep(raw: str, mark: bytes | None, user: User, token: AccessToken) -> None:
    """Keep what was found for an access token; ``mark`` is from before it was looked up."""
    if mark is not None and settings.KEPT_CALLER_SECONDS > 0:
        _callers.put(raw, Caller(mark, _copy(user), token))


def current_mark() -> bytes | None:
    """Return the mark to look up and keep a caller with, ``None`` when nothing is kept."""
    return change_mark.current() if settings.KEPT_CALLER_SECONDS > 0 else None


def forget_all() -> None:
    """Drop what this process keeps."""
    _callers.clear()


def _copy(user: User) -> User:
    """Return the account for another request, which may change it as it likes."""
    again = User.__new__(User)
    again.__dict__.update(
        (name, copy.copy(value) if isinstance(value, (dict, list)) else value)
        for name, value in vars(user).items()
    )
    again._state = ModelState()
    again._state.adding, again._state.db = False, user._state.db
    return again
