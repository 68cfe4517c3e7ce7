"""Identification of viewers for counting views."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from streamsite.rate_limits import throttle_key

# User agents of programs without a viewer. One that pretends to be a browser cannot be recognized anyway.
BOTS = re.compile(
    r"bot\b|crawl|spider|slurp|facebookexternalhit|embedly|preview|archiver|lighthouse|pagespeed|uptime",
    re.IGNORECASE,
)

# The number of browsers of one address that count as different viewers on one day.
BROWSER_BUCKETS = 16


def is_bot(request: HttpRequest) -> bool:
    """Return whether the user agent names a program, or is missing."""
    name = request.headers.get("User-Agent", "")
    return not name or BOTS.search(name) is not None


def _browser(request: HttpRequest) -> int:
    """Return one of ``BROWSER_BUCKETS`` numbers by the user agent: an address cannot be more viewers than that."""
    name = request.headers.get("User-Agent", "")[:300]
    return int(salted_hmac("streamsite.browsers", name, algorithm="sha256").hexdigest(), 16) % BROWSER_BUCKETS


def viewer_key(request: HttpRequest, day: str) -> str:
    """Return a one-way key of a viewer on one ``day``: of the account, else of address and browser.

    32 hexadecimal characters; different ones every day, so that days cannot be connected either.
    """
    if request.user.is_authenticated:
        who = f"account {request.user.pk}"
    else:
        who = f"address {throttle_key(request)} {_browser(request)}"
    return salted_hmac(f"streamsite.views {day}", who, algorithm="sha256").hexdigest()[:32]
