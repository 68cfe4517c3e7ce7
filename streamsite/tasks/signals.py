"""Signals of the task queue."""

from django.dispatch import Signal

FAILED, CANCELLED = "failed", "cancelled"

# A job will not be tried again: it failed for good or at its last try (``code`` is ``FAILED``), or staff stopped it
# (``CANCELLED``). Arguments: ``task_path``, ``args``, ``kwargs``, ``error`` (a sentence) and ``code``. It is sent again
# when the sender dies before it has written that down, so receivers must stand repetition.
task_dead = Signal()

# A dead or canceled job is to run again. Arguments: ``task_path``, ``args``, ``kwargs``. Sent within the transaction
# that queues it; a receiver that raises a ``SiteError`` prevents it.
task_revived = Signal()
