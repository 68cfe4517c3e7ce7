"""The language and time zone that an account chose, for its pages and its emails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from accounts import preferences
from accounts.models import User
from streamsite import languages

Send = TypeVar("Send", bound=Callable[..., None])


def _chosen(user: User, name: str) -> str:
    """Return a preference of the account, "" when it chose none that is valid today."""
    value = user.preferences.get(name, "")
    return str(value) if preferences.PREFERENCES[name].is_valid(value) else ""


def language(user: User) -> str:
    """Return the language of texts that reach the account outside a browser."""
    return _chosen(user, "language") or settings.LANGUAGE_CODE


def first_preferences() -> dict[str, str]:
    """Return the preferences of an account that is being created: the language in which its owner signs up.

    Emails would otherwise be in the site's own language, since no browser says what to use.
    """
    active = translation.get_language() or settings.LANGUAGE_CODE
    return {} if active == settings.LANGUAGE_CODE else {"language": active}


def time_zone(user: User) -> ZoneInfo | None:
    """Return the account's time zone, ``None`` when its browser knows it."""
    name = _chosen(user, "time_zone")
    return ZoneInfo(name) if name else None


@contextmanager
def speak_to(user: User) -> Iterator[None]:
    """Activate the account's language and time zone within a ``with`` block."""
    with translation.override(language(user)), timezone.override(time_zone(user)):
        yield


def in_users_language(send: Send) -> Send:
    """Decorate ``send(kind, user, ...)``: it runs in the account's language and time zone."""

    @wraps(send)
    def send_in_language(kind: str, user: User, *args: object, **options: object) -> None:
        with speak_to(user):
            send(kind, user, *args, **options)

    return cast("Send", send_in_language)


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
