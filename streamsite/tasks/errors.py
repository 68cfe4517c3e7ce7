"""What a task may raise to steer its queue."""


class PermanentFailure(Exception):
    """Trying again cannot help: set the job aside now. The message is for people."""


class LeaseLost(Exception):
    """Another worker has the job, or it was cancelled: stop and write nothing more."""


class TimeLimitExceeded(Exception):
    """A try took longer than its queue or task may. The message is for people."""
