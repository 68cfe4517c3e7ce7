"""Upserts that several requests may send for one document at the same moment.

MongoDB lets each of them insert, and the unique index refuses all but one: those find the document when they are sent
again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from pymongo.errors import DuplicateKeyError

from streamsite.errors import Unavailable

T = TypeVar("T")
# The second attempt fails only if the document was deleted and made again in between.
MAX_ATTEMPTS = 5


def upsert(send: Callable[[], T]) -> T:
    """Call ``send`` until no other request inserts the same document; return its result. Raises ``Unavailable``."""
    for _attempt in range(MAX_ATTEMPTS):
        with suppress(DuplicateKeyError):
            return send()
    raise Unavailable
