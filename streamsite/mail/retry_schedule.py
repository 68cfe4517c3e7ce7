"""Pauses, in seconds, before mail that could not be handed over is tried again. Pure."""

from __future__ import annotations

from datetime import timedelta

_MINUTE, _HOUR = 60.0, 3_600.0

# A hiccup, greylisting (usually five minutes), a restart, a night, a weekend: two days in all.
PAUSES = (
    *(5.0, 30.0, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE),
    *((_HOUR,) * 47),
)
MAX_TRIES = len(PAUSES) + 1
# A mail with a link is tried about this often while the link is good, whatever the pauses say.
TRIES_PER_LIFETIME = 10


def max_pause(lifetime: timedelta) -> timedelta:
    """Return the longest pause between two tries of a mail whose link is good for ``lifetime``."""
    return lifetime / TRIES_PER_LIFETIME
