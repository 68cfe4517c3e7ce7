"""Several workers in one process, each in a thread of its own, so that no queue waits for another.

Workers without a job do not look for one: the group does, with one query for all of them, and wakes those whose queues
have some. A process with nothing to do so asks MongoDB once where each of its queues did.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

import pymongo

from streamsite.site_mode.state import ModeWatch, are_workers_paused
from streamsite.tasks import queue
from streamsite.tasks.worker import DATABASE_DOWN, MAX_WAIT, MIN_WAIT, Worker

logger = logging.getLogger("streamsite.worker")


# Seconds between two looks at the workers, and after how many a silent one counts as stuck, at least.
LOOK_EVERY = 5.0
STUCK_AFTER = 60.0
# Seconds that a look for due jobs may take. Then each worker looks, and waits for the database if it has to.
ANSWER_SECONDS = 5.0


class WorkerGroup:
    """Runs ``workers`` together: when one ends, the others are stopped.

    ``alive_file`` is touched as long as all of them go on, also while the database is away. Containers are probed by
    its age: a stuck worker is to be started again, and an outage of MongoDB is no reason for it.
    """

    def __init__(self, workers: list[Worker], *, alive_file: Path | None = None) -> None:
        self.workers = workers
        self.name = workers[0].name
        self._is_sound = True
        self._mode = ModeWatch()
        self._touched_at = float("-inf")
        self._alive_file = alive_file
        # Workers say that they go on when they renew a lease, at a third of its seconds.
        self._stuck_after = max(STUCK_AFTER, *(2 * worker.backend.lease_seconds for worker in workers))

    def stop(self) -> None:
        """Let every worker return its job and end; not for a signal handler, see ``Worker.stop``."""
        for worker in self.workers:
            worker.stop()

    def run(self, *, once: bool = False) -> bool:
        """Work until ``stop``; with ``once``, until no job is due. False when a worker ended by itself."""
        threads = [
            threading.Thread(target=self._run, args=(worker, once), name=f"worker {worker.queues[0]}")
            for worker in self.workers
        ]
        for worker in self.workers:
            worker.is_in_group = not once
        for thread in threads:
            thread.start()
        wait = MIN_WAIT
        while living := [thread for thread in threads if thread.is_alive()]:
            self._touch_alive_file()
            wait = MIN_WAIT if self._wake_workers() else min(MAX_WAIT, wait * 1.5)
            living[0].join(timeout=min(wait, LOOK_EVERY))
        return self._is_sound

    def _wake_workers(self) -> bool:
        """Wake the workers that wait for a job when there is one. Return whether any worker has something to do."""
        waiting = [worker for worker in self.workers if worker.is_waiting]
        if self._mode.told_change():
            for worker in waiting:
                worker.wake()  # one of them says so in the log
        if not waiting or are_workers_paused():
            return False
        names = {name for worker in waiting for name in worker.queues}
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                due = queue.due_queues(names)
        except DATABASE_DOWN:
            due = names
        for worker in waiting:
            if not due.isdisjoint(worker.queues):
                worker.wake()
        return bool(due)

    def _touch_alive_file(self) -> None:
        now = time.monotonic()
        if self._alive_file is None or now - self._touched_at < LOOK_EVERY:
            return
        self._touched_at = now
        # Who waits goes on by itself.
        since = max(
            (now - worker.went_on_at for worker in self.workers if not worker.is_waiting), default=0.0
        )
        if since < self._stuck_after:
            with suppress(OSError):  # then it grows old, which is what a probe should see
                self._alive_file.touch()
        else:
            logger.error("a thread of the worker has been stuck for %.0f s", since)

    def _run(self, worker: Worker, once: bool) -> None:
        try:
            worker.run(once=once)
            if worker.is_worn_out:
                logger.error("too many tasks of %s do not end", ", ".join(worker.queues))
                self._is_sound = False
            if worker.is_misplaced:
                self._is_sound = False
        except BaseException:
            self._is_sound = False
            logger.exception("the worker of %s failed", ", ".join(worker.queues))
        finally:
            if not once or worker.is_misplaced:
                self.stop()
