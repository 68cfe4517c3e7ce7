"""How long the longest tests walk: some of the way every time, all of it with ``DEEP_TESTS=1``."""

from __future__ import annotations

import os


def walk(usual: int, *, deep: int) -> int:
    """How many examples, files or kills: ``usual``, or ``deep`` when asked for."""
    return deep if os.environ.get("DEEP_TESTS") == "1" else usual
