"""What the queue tells the rest of the project."""

from django.dispatch import Signal

# A job is set aside: it failed for good or at its last try. Arguments: ``task_path``, ``args``, ``kwargs``, ``error``
# (a sentence). Sent again when the worker dies before it has written this down, so receivers must stand repetition.
task_dead = Signal()
