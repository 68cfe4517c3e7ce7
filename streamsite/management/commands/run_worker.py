"""``manage.py run_worker``."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from streamsite.tasks.worker import Worker


class Command(BaseCommand):
    """Runs jobs until SIGTERM or Ctrl-C, which return the running job to the queue."""

    help = "Run background jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        queues: Any = settings.TASKS["default"]["QUEUES"]
        parser.add_argument(
            "--queue", action="append", choices=queues, help="may be given more than once; all"
        )
        parser.add_argument("--once", action="store_true", help="end when no job is due")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(list(options["queue"] or settings.TASKS["default"]["QUEUES"]))

        def stop(number: int, frame: FrameType | None) -> None:
            # The handler may have interrupted this thread inside an Event's lock, so another one sets it.
            threading.Thread(target=worker.stop, name="stop").start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.stdout.write(f"worker {worker.name} takes jobs of {', '.join(worker.queues)}")
        worker.run(once=options["once"])
