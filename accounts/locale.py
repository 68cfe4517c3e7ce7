"""The language and time zone that an account chose, for its pages and its emails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from accounts import preferences
from accounts.models import User
from streamsite import languages


def _chosen(user: User, name: str) -> str:
    """Return a preference of the account, "" when it chose none that is valid today."""
    value = user.preferences.get(name, "")
    return "" if preferences.PREFERENCES[name].problem(value) else str(value)


def language(user: User) -> str:
    """Return the language of texts that reach the account outside a browser."""
    return _chosen(user, "language") or settings.LANGUAGE_CODE


def time_zone(user: User) -> ZoneInfo | None:
    """Return the account's time zone, ``None`` when its browser knows it."""
    name = _chosen(user, "time_zone")
    return ZoneInfo(name) if name else None


@contextmanager
def speak_to(user: User) -> Iterator[None]:
    """Activate the account's language and time zone within a ``with`` block."""
    with translation.override(language(user)), timezone.override(time_zone(user)):
        yield


class AccountLocaleMiddleware:
    """Activates what a signed-in account chose, in place of what its browser prefers.

    ``SessionGovernanceMiddleware`` has loaded the account, so that this reads nothing from the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the account's language; ``LanguageMiddleware`` ends it."""
        if not languages.is_fixed(request) and request.session.session_key:
            user: object = request.user
            if isinstance(user, User):
                if code := _chosen(user, "language"):
                    translation.activate(code)
                if zone := time_zone(user):
                    timezone.activate(zone)
        return self.get_response(request)
