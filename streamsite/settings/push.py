"""Browser notifications: the push services that the site talks to, and the key by which they know it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from pathlib import Path

from streamsite import env
from streamsite.outbound import AllowedHost, parse_allowed_host
from streamsite.settings.base import KEYS_DIR

# Those of Chrome, Edge and others; Firefox; Safari; Edge on Windows.
_KNOWN_SERVICES = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _services() -> tuple[AllowedHost, ...]:
    own = [parse_allowed_host(entry, may_be_private=True) for entry in env.text_list("PUSH_SERVICES")]
    if None in own:
        raise env.invalid_value(
            "PUSH_SERVICES", "use hosts such as push.example.org or *.example.org:8443, separated by commas"
        )
    known = [parse_allowed_host(entry) for entry in _KNOWN_SERVICES]
    return tuple(one for one in [*own, *known] if one is not None)


def _private_key() -> str:
    value = env.secret("VAPID_PRIVATE_KEY").rstrip("=")
    if value and not (
        re.fullmatch(r"[A-Za-z0-9_-]{43}", value)
        and 0 < int.from_bytes(urlsafe_b64decode(f"{value}=")) < _P256_ORDER
    ):
        raise env.invalid_value(
            "VAPID_PRIVATE_KEY", "use the 43 characters of a private P-256 key in base64url", is_secret=True
        )
    return value


PUSH_SERVICES = _services()
VAPID_PRIVATE_KEY = _private_key()
# Made when it is needed first, unless the environment has the key.
VAPID_KEY_FILE: Path = KEYS_DIR / "vapid_private_key"
PUSH_TIMEOUT = env.integer("PUSH_TIMEOUT", 10, least=1, most=60)
