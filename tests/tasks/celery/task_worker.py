"""Celery's task in this process, behind the interface of the site's own worker, so that both have the same tests."""

from streamsite.tasks import celery
from streamsite.tasks.worker import Worker


class TaskWorker(Worker):
    """Calls the task as often as messages would."""

    def __init__(self, queues):
        super().__init__(queues)
        celery._workers = self._workers = celery._Workers()

    def run(self, *, once=False):
        while not self.stopping.is_set():
            if not celery.run_job.apply(args=self.queues).get():
                if once:
                    return
                self.stopping.wait(0.02)

    def stop(self):
        super().stop()
        self._workers.stop()
