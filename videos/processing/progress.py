"""The steps of a job, kept on the video so that its owner can read how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from videos.models import Status, Video
from videos.schemas.processing import ProcessingStepDict

WRITE_INTERVAL_SECONDS = 0.7

# Name and share of the total: encoding is nearly all of the work.
STEPS = (
    ("inspect", 0.03),
    ("encode", 0.85),
    ("storyboard", 0.03),
    ("poster", 0.03),
    ("captions", 0.02),
    ("download", 0.02),
    ("publish", 0.02),
)


class AttemptSuperseded(Exception):
    """The video was deleted, or another attempt has it: stop and write nothing more."""


class Progress:
    """Writes steps of one attempt. Every write is conditional on the attempt still being the video's."""

    def __init__(self, video_id: str, attempt: int) -> None:
        self.video_id = video_id
        self.attempt = attempt
        self.steps: list[ProcessingStepDict] = [
            {"name": name, "state": "waiting", "percent": 0.0, "seconds": 0.0} for name, _ in STEPS
        ]
        self._written = 0.0
        self._begun = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run one step: running, then done; failed when an exception leaves it."""
        entry = self._entry(name)
        self._begun = time.monotonic()
        entry |= {"state": "running", "percent": 0.0}
        self.write(force=True)
        try:
            yield
        except BaseException:
            entry |= {"state": "failed", "seconds": self._elapsed()}
            raise
        entry |= {"state": "done", "percent": 100.0, "seconds": self._elapsed()}

    def advance(self, name: str, share: float) -> None:
        """Set the running step to ``share`` (0 to 1) done."""
        self._entry(name).update({"percent": round(100 * share, 1), "seconds": self._elapsed()})
        self.write()

    def skip(self, name: str) -> None:
        """Mark a step as skipped: the video does not need it, or it failed without harm."""
        self._entry(name)["state"] = "skipped"

    def fraction(self) -> float:
        """Return the share of the whole that is done, from 0 to 1."""
        weights = dict(STEPS)
        done = sum(
            weights[step["name"]] * (1.0 if step["state"] == "skipped" else step["percent"] / 100)
            for step in self.steps
        )
        return round(min(done, 1.0), 4)

    def write(self, *, force: bool = False) -> None:
        """Store the steps, not more often than every ``WRITE_INTERVAL_SECONDS`` unless forced."""
        moment = time.monotonic()
        if not force and moment - self._written < WRITE_INTERVAL_SECONDS:
            return
        self._written = moment
        try:
            known = self._rows().update(steps=self.steps, progress=self.fraction())
        except (OperationalError, InterfaceError):
            # How far it is can be told later; whether an outage lasts too long is the lease's to say.
            return
        if not known:
            raise AttemptSuperseded

    def is_current(self) -> bool:
        """Return whether the video exists and this attempt is still its newest."""
        return self._rows().exists()

    def _rows(self) -> QuerySet[Video]:
        return Video.objects.filter(pk=self.video_id, attempt=self.attempt, status=Status.PROCESSING)

    def _entry(self, name: str) -> ProcessingStepDict:
        return next(step for step in self.steps if step["name"] == name)

    def _elapsed(self) -> float:
        return round(time.monotonic() - self._begun, 2)
