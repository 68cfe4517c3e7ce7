"""Errors that tasks raise to steer their queue."""

from __future__ import annotations

from datetime import timedelta


class PermanentFailure(Exception):
    """Trying again cannot help: set the job aside now. The message is for people."""


class LeaseLost(Exception):
    """Another worker has the job, or it was canceled: stop and write nothing more."""


class TimeLimitExceeded(Exception):
    """A try took longer than its queue or task may. The message is for people."""


class RetryLater(Exception):
    """A partner outside could not do its part: expected, so no traceback is logged. The message is for people.

    ``at_most`` shortens the queue's pause before the next try, ``at_least`` prolongs it.
    """

    at_most: timedelta | None = None
    at_least: timedelta | None = None


class Postponed(Exception):
    """The task cannot begin yet, by nobody's fault: the job goes back for ``after``, and the try does not count.

    ``waits_for`` is a word for what it waits for, ``amount`` how many bytes of it.
    """

    waits_for = ""
    amount = 0
    after = timedelta(seconds=60)
