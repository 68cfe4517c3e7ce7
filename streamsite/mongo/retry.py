"""Transactions that are made again when the server ended them for another's sake.

The engine repeats a transaction that has only written. One that has read might decide otherwise the second time, so
only the code that wrote it can say that the whole block may run again: by running it here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import OperationalError, transaction
from pymongo.errors import PyMongoError

from streamsite.mongo.engine import errors

T = TypeVar("T")
INITIAL_PAUSE, MAX_PAUSE = 0.01, 0.5


def run_in_transaction(block: Callable[[], T], *, seconds: float = 5.0, max_pause: float = MAX_PAUSE) -> T:
    """Run ``block`` in a transaction of its own, anew after each conflict, for up to ``seconds``.

    Pauses grow up to ``max_pause``: a short one suits a document that many write at once, each quickly.
    ``block`` must do nothing but database work, by Django or by pymongo in ``session_for()``. Within an outer
    transaction it runs once, as a part of that.
    """
    deadline = time.monotonic() + seconds
    pause = INITIAL_PAUSE
    while True:
        is_outermost = not transaction.get_connection().in_atomic_block
        try:
            with transaction.atomic():
                return block()
        except (OperationalError, PyMongoError) as error:
            if not is_outermost or not is_transient(error) or time.monotonic() > deadline:
                raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - a pause, not a secret
            pause = min(max_pause, pause * 2)


def is_transient(error: BaseException) -> bool:
    """Return whether the same transaction may succeed when the whole of it is made again."""
    return any(errors.is_transient(cause) for cause in error_chain(error))


def error_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, what caused it, what caused that, and so on; each once, even if it is its own cause."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__
