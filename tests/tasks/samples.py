"""Tasks for the tests of the queue. They leave traces in a collection, which processes share."""

import time
from pathlib import Path

from django_tasks import task

from streamsite.mongo.collections import collection
from streamsite.tasks.errors import PermanentFailure
from streamsite.tasks.lease import current_lease

TRACES = "test_trace"


def trace(word: str) -> None:
    collection(TRACES).insert_one({"word": word, "attempt": current_lease().attempt})


def traces() -> list[tuple[str, int]]:
    return [(row["word"], row["attempt"]) for row in collection(TRACES).find().sort("_id", 1)]


@task
def note(word: str) -> str:
    trace(word)
    return f"noted {word}"


@task(takes_context=True)
def note_attempt(context, word: str) -> int:
    trace(word)
    return context.attempt


@task
def crash(message: str) -> None:
    raise LookupError(message)


@task
def crash_for_good(message: str) -> None:
    raise PermanentFailure(message)


@task
def return_too_much() -> int:
    return 2**80


@task
def check_lease() -> None:
    current_lease().check()


@task
def wait_for(path: str) -> str:
    """Run until the file exists; stop when the lease is lost."""
    trace("begun")
    while not Path(path).exists():
        current_lease().lost.wait(0.02)
        if current_lease().lost.is_set():
            trace("lost")
            current_lease().check()
    return "seen"


@task
def ignore_everything(seconds: float) -> str:
    """Sleep without looking at the lease."""
    trace("begun")
    time.sleep(seconds)
    return "done"


@task
def check_lease_late(seconds: float) -> None:
    """Sleep without looking at the lease, then write."""
    trace("begun")
    time.sleep(seconds)
    try:
        current_lease().check()
    except Exception as error:
        trace(type(error).__name__)
        raise
