"""Rate limits counted in MongoDB, so that all processes share them.

A counter is one document per group, caller and window; ``$inc`` makes it atomic and a TTL index removes it.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from pymongo import ReturnDocument

from streamsite.errors import Throttled, Unavailable
from streamsite.mongo.collections import THROTTLES, collection


@dataclass(frozen=True)
class Limit:
    """``most`` events per ``seconds``, counted under ``group``."""

    group: str
    most: int
    seconds: int


READS = Limit("read", 600, 60)
WRITES = Limit("write", 120, 60)
ADMIN_WRITES = Limit("admin-write", 600, 60)
LOGIN_PER_USER = Limit("login-user", 10, 900)
LOGIN_PER_ACCOUNT = Limit("login-account", 10, 900)
LOGIN_PER_ADDRESS = Limit("login-address", 50, 900)
SIGN_INS = Limit("sign-in", 100, 3600)
REGISTER = Limit("register", 5, 3600)
SETUP = Limit("setup", 30, 3600)
PASSWORD_RESET = Limit("password-reset", 10, 3600)
PASSWORD_CHECK = Limit("password-check", 10, 900)
# Codes by account and address, and by account alone; recovery codes, which nobody can guess, by account and address.
OTP = Limit("otp", 5, 900)
OTP_TOTAL = Limit("otp-total", 50, 3600)
RECOVERY = Limit("recovery-code", 10, 900)
# Not a limit: the failure at which the owner is told.
OTP_FAILURES = Limit("otp-failures", 5, 900)
# Passkeys that were not accepted, and challenges: the sign-in page asks for one when it opens.
PASSKEY = Limit("passkey", 50, 900)
PASSKEY_CHALLENGES = Limit("passkey-challenge", 600, 900)
# Going to a provider and coming back are two.
OIDC = Limit("oidc", 600, 900)
EMAIL_LINKS = Limit("mail-links", 5, 3600)
EMAIL_LINK_ATTEMPTS = Limit("link-tries", 30, 3600)
# Large providers send the clicks of all their users from few addresses.
UNSUBSCRIBE = Limit("unsubscribe", 1200, 60)
REFRESH = Limit("refresh", 30, 60)
UPLOAD = Limit("upload", 60, 3600)
IMPORT = Limit("import", 30, 3600)
UPLOAD_CHUNKS = Limit("upload-parts", 3600, 3600)
# Asked for while somebody types.
PREVIEW = Limit("preview", 300, 60)
IMAGE_UPLOAD = Limit("picture", 60, 3600)
ANONYMOUS_FILES = Limit("anonymous-files", 30, 3600)
PLAYBACK = Limit("playback", 1200, 60)
COMMENT = Limit("comment", 30, 300)
POST = Limit("post", 20, 3600)
REPORT = Limit("report", 30, 3600)
# Many subscribers of feeds share the address of their server.
WEBSUB = Limit("websub", 600, 3600)
# Test events and deliveries that are sent again.
WEBHOOK_SENDS = Limit("webhook-send", 60, 3600)
# Each reads everything that the account has.
TAKEOUT_EXPORT = Limit("takeout-export", 5, 86400)
TAKEOUT_IMPORT = Limit("takeout-import", 20, 86400)
INVITE_ATTEMPTS = Limit("playlist-invite", 60, 3600)


def client_address(request: HttpRequest) -> str:
    """Return the caller's address; behind ``FORWARDED_HOPS`` proxies, the one the outermost of them saw."""
    hops = settings.FORWARDED_HOPS
    if hops:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= hops and forwarded[-hops]:
            return str(forwarded[-hops])
        if settings.BEHIND_FRONT:
            # Somebody came past the proxies in front of our nginx, which saw this address.
            return str(forwarded[-1]) or "unknown"
    return str(request.META.get("REMOTE_ADDR", "") or "unknown")


def address_prefix(address: str) -> str:
    """Return the network of an address: /24 for IPv4, /56 for IPv6. Enough to recognize, too little to track."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if parsed.version == 4 else 56
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def throttle_key(request: HttpRequest) -> str:
    """Return what an address is counted as: itself, or its /64 network for IPv6, which one household has all of."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False))


def _digest(who: str) -> str:
    """Return a digest of the caller for the counter's name: people type passwords where a username belongs."""
    return salted_hmac("streamsite.limits", who, algorithm="sha256").hexdigest()[:32]


def increment(limit: Limit, who: str, *, by: int = 1) -> tuple[int, int]:
    """Count ``by`` events; the total of the window and the seconds until it ends."""
    now = time.time()
    window = int(now // limit.seconds)
    ends = (window + 1) * limit.seconds
    counted = collection(THROTTLES, acknowledged_by=1).find_one_and_update(
        {"_id": f"{limit.group}:{_digest(who)}:{window}"},
        {
            "$inc": {"n": by},
            "$setOnInsert": {"purge_at": datetime.fromtimestamp(ends, UTC) + timedelta(seconds=60)},
        },
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    document = cast("dict[str, int]", counted)  # an upsert always has one
    return document["n"], max(1, math.ceil(ends - now))


def max_events(limit: Limit) -> int:
    """Return the number of events that the limit allows, scaled by ``STREAMSITE_THROTTLE_SCALE``."""
    return int(limit.most * settings.THROTTLE_SCALE)


def enforce(limit: Limit, who: str) -> None:
    """Count one event and raise ``Throttled`` when it is one too many."""
    total, seconds = increment(limit, who)
    most = max_events(limit)
    if total > most:
        raise Throttled(retry_after=seconds, limit=most, is_first=total == most + 1)


def refund(limit: Limit, who: str) -> None:
    """Take back an event that ``enforce`` counted and that was none: a right password, for instance.

    Counting first and taking back afterwards leaves no gap for parallel attempts to slip through.
    """
    increment(limit, who, by=-1)


@contextmanager
def refund_on_unavailable(*counted: tuple[Limit, str]) -> Iterator[None]:
    """Take back what ``enforce`` counted when the work inside could not be done: it told the caller nothing."""
    try:
        yield
    except Unavailable:
        for limit, who in counted:
            refund(limit, who)
        raise
