"""Metrics for Prometheus."""

from __future__ import annotations

from streamsite import env
from streamsite.settings.base import DATA_DIR

MIN_TOKEN_LENGTH = 24
METRICS_TOKEN = env.secret("METRICS_TOKEN")
if METRICS_TOKEN and (
    len(METRICS_TOKEN) < MIN_TOKEN_LENGTH or not METRICS_TOKEN.isascii() or not METRICS_TOKEN.isprintable()
):
    raise env.invalid_value(
        "METRICS_TOKEN",
        f"use at least {MIN_TOKEN_LENGTH} random characters, "
        "from: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
        is_secret=True,
    )
# Where the processes of a host keep their numbers; on a disk of this host where there is one.
METRICS_DIR = env.folder("METRICS_DIR", DATA_DIR / "run" / "metrics")
