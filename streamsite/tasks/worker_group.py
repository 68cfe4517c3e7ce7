"""Several workers in one process, each in a thread of its own, so that no queue waits for another."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

from streamsite.tasks.worker import Worker

logger = logging.getLogger("streamsite.worker")


# Seconds between two looks at the workers, and after how many a silent one counts as stuck, at least.
LOOK_EVERY = 5.0
STUCK_AFTER = 60.0


class WorkerGroup:
    """Runs ``workers`` together: when one ends, the others are stopped.

    ``alive_file`` is touched as long as all of them go on, also while the database is away. Containers are probed by
    its age: a stuck worker is to be started again, and an outage of MongoDB is no reason for it.
    """

    def __init__(self, workers: list[Worker], *, alive_file: Path | None = None) -> None:
        self.workers = workers
        self.name = workers[0].name
        self._is_sound = True
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
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self._touch_alive_file()
            for thread in threads:
                thread.join(timeout=LOOK_EVERY / len(threads))
        return self._is_sound

    def _touch_alive_file(self) -> None:
        if self._alive_file is None:
            return
        since = time.monotonic() - min(worker.went_on_at for worker in self.workers)
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
