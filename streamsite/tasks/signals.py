"""What the queue tells the rest of the project."""

from django.dispatch import Signal

# A job was set aside after its last try. Arguments: ``task_path``, ``args``, ``kwargs``, ``error`` (a sentence).
task_dead = Signal()
