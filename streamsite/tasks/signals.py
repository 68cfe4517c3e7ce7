"""What the queue tells the rest of the project."""

from django.dispatch import Signal

# A job is set aside: it failed for good or at its last try. Arguments: ``task_path``, ``args``, ``kwargs`` and
# ``error`` (a sentence). It is sent again when the worker dies before it has written that down, so receivers
# must stand repetition.
task_dead = Signal()
