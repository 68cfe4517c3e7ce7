"""Refuse to run a public site with settings that are safe only on one's own machine.

Pure: no database, no Django. The settings call it while they are read, so web, workers, Celery and every management
command of a public site start with these settings or not at all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

MIN_KEY_LENGTH = 50
# 16 random bytes; 50 random letters and digits have more than 200 bits.
MIN_KEY_BITS = 128
# Words of examples, tutorials and keyboards. Random keys hardly ever contain one.
GUESSABLE_WORDS = (
    *("django-insecure", "changeme", "change-me", "change_me", "replace-me", "replaceme", "insecure"),
    *("secretkey", "secret-key", "secret_key", "password", "example", "default", "qwerty"),
    *("0123456", "1234567", "abcdefg"),
)
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


@dataclass(frozen=True)
class StartSettings:
    """The settings that decide whether a public site may run, as they were read."""

    is_public: bool
    debug: bool
    secret_key: str
    throttle_scale: int
    behind_tls_proxy: bool
    trusted_proxies: int


def find_problems(settings: StartSettings) -> list[str]:
    """Return one sentence per unsafe setting, each naming variable and remedy; none for a site that is not public."""
    return list(_problems(settings)) if settings.is_public else []


def refusal_message(found: list[str]) -> str:
    """Return the problems as the message of a start that is refused."""
    return "this site is public (SITE_URL is https), so it does not start with these settings:\n" + "\n".join(
        f"- {sentence}" for sentence in found
    )


def _problems(settings: StartSettings) -> Iterator[str]:
    if settings.debug:
        yield "DEBUG shows source code and settings to visitors: unset it or set DEBUG=0."
    if why := key_weakness(settings.secret_key):
        yield (
            f"SECRET_KEY {why}, so sessions and links could be forged: set a new one, made by {NEW_KEY},"
            " in SECRET_KEY or SECRET_KEY_FILE."
        )
    if settings.throttle_scale != 1:
        yield (
            f"STREAMSITE_THROTTLE_SCALE={settings.throttle_scale} loosens every rate limit and is for load tests:"
            " unset it."
        )
    if settings.behind_tls_proxy and settings.trusted_proxies == 0:
        yield (
            "BEHIND_TLS_PROXY is set without TRUSTED_PROXIES, so all visitors share the proxy's address and its rate"
            " limits: set TRUSTED_PROXIES to the number of proxies that add to X-Forwarded-For, usually 1."
        )


def key_weakness(key: str) -> str:
    """Return why a secret key is unsafe as the end of "SECRET_KEY ...", "" for a good one. Never quotes the key."""
    if len(key) < MIN_KEY_LENGTH:
        return f"has {len(key)} characters and needs at least {MIN_KEY_LENGTH}"
    if any(word in key.lower() for word in GUESSABLE_WORDS):
        return "contains words of an example"
    # A string that repeats a shorter one occurs in its double before its own end.
    if key in (key + key)[1:-1] or _bits(key) < MIN_KEY_BITS:
        return "repeats the same few characters and can be guessed"
    return ""


def _bits(key: str) -> float:
    """Return the entropy of the key in bits if its characters were drawn with the frequencies that they have."""
    counts = Counter(key).values()
    return sum(count * math.log2(len(key) / count) for count in counts)
