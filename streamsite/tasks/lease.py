"""The lease under which a task runs: a job belongs to a worker only while its lease is renewed."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from datetime import datetime

from streamsite.tasks.errors import LeaseLost

__all__ = ["Lease", "LeaseLost", "current_lease"]


class Lease:
    """``check()`` before anything that others will see; ``lost`` is set as soon as the loss is known.

    ``job_id`` and ``enqueued_at`` are the job's, the same at every try; empty and ``None`` outside a worker.
    """

    def __init__(
        self,
        *,
        attempt: int = 1,
        renew: Callable[[], bool] | None = None,
        job_id: str = "",
        enqueued_at: datetime | None = None,
    ) -> None:
        self.attempt = attempt
        self.job_id = job_id
        self.enqueued_at = enqueued_at
        self.lost = threading.Event()
        self._renew = renew

    def check(self) -> None:
        """Renew the lease now, or raise ``LeaseLost``."""
        if self.lost.is_set():
            raise LeaseLost
        if self._renew is not None and not self._renew():
            self.lost.set()
            raise LeaseLost


_NOBODYS = Lease()
_current: contextvars.ContextVar[Lease] = contextvars.ContextVar("lease", default=_NOBODYS)


def current_lease() -> Lease:
    """Return the lease of the running task; one that is never lost when no worker runs it."""
    return _current.get()


def set_current_lease(lease: Lease) -> contextvars.Token[Lease]:
    """Make ``lease`` the current one; give the token to ``reset_current_lease``."""
    return _current.set(lease)


def reset_current_lease(token: contextvars.Token[Lease]) -> None:
    """Undo ``set_current_lease``."""
    _current.reset(token)
