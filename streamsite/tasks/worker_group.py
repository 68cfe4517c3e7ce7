"""Several workers in one process, each in a thread of its own, so that no queue waits for another."""

from __future__ import annotations

import logging
import threading

from streamsite.tasks.worker import Worker

logger = logging.getLogger("streamsite.worker")


class WorkerGroup:
    """Runs ``workers`` together: when one ends, the others are stopped."""

    def __init__(self, workers: list[Worker]) -> None:
        self.workers = workers
        self.name = workers[0].name
        self._is_sound = True

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
        for thread in threads:
            thread.join()
        return self._is_sound

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
