"""Every ``Cache-Control`` of the site, by name.

A policy is a header value that sets itself on a response (``PRIVATE.set_on(response)``) or, as a decorator, on every
response of a view (``@NEVER_STORED``). ``send`` and its kind take one as ``cache``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

P = ParamSpec("P")
Response = TypeVar("Response", bound=HttpResponseBase)
HEADER = "Cache-Control"


@dataclass(frozen=True)
class CachePolicy:
    """A policy; ``value`` is the header's. No ``str`` itself: WSGI servers refuse subclasses of it as header values."""

    value: str

    def __str__(self) -> str:
        """Return the header's value."""
        return self.value

    def set_on(self, response: Response) -> Response:
        """Give the response this policy, and return it."""
        response[HEADER] = self.value
        return response

    def set_default_on(self, response: Response) -> Response:
        """Give the response this policy unless it has one, and return it."""
        response.headers.setdefault(HEADER, self.value)
        return response

    def __call__(self, view: Callable[P, Response]) -> Callable[P, Response]:
        """Decorate a view: each of its responses gets this policy."""

        @wraps(view)
        def with_policy(*args: P.args, **kwargs: P.kwargs) -> Response:
            return self.set_on(view(*args, **kwargs))

        return with_policy


# Nobody keeps it: errors, answers with tokens, redirects whose target expires.
NEVER_STORED = CachePolicy("no-store")
# Nobody keeps it, and it is one reader's own: pages with secrets, private media, exports.
PRIVATE_NEVER_STORED = CachePolicy("private, no-store")
# The reader's browser keeps it and asks each time whether it is still current.
PRIVATE_REVALIDATED = CachePolicy("private, no-cache")
# Every cache keeps it and asks each time whether it is still current.
REVALIDATED = CachePolicy("no-cache")
PUBLIC_REVALIDATED = CachePolicy("public, max-age=0, must-revalidate")
# Its address changes with its content.
IMMUTABLE = CachePolicy("public, max-age=31536000, immutable")
# As above, but it may be taken back: a browser keeps what its reader saw, caches that serve others ask each minute.
IMMUTABLE_FOR_READER = CachePolicy("public, max-age=31536000, s-maxage=60, immutable")


def public_for(seconds: int) -> CachePolicy:
    """Return the policy of what every cache may give to anyone for so many seconds."""
    return CachePolicy(f"public, max-age={seconds}")


def cached_for(seconds: int) -> CachePolicy:
    """Return the policy of what caches may keep for so many seconds."""
    return CachePolicy(f"max-age={seconds}")


# Decorates pages with passwords and tokens: also for caches that know only ``Expires``.
never_cached = never_cache
