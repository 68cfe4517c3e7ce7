"""``manage.py run_worker``."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import CommandError, CommandParser

from streamsite import memory, site_id, startup_warnings
from streamsite.checks import SETTINGS
from streamsite.management.site_command import OperatorCommand
from streamsite.metrics import commands, process_files
from streamsite.tasks.backend import MAIL, PUSH, WEBHOOKS
from streamsite.tasks.worker import PERIODIC_QUEUE, Worker
from streamsite.tasks.worker_group import WorkerGroup
from streamsite.telemetry import start as telemetry

logger = logging.getLogger("streamsite.worker")


class Command(OperatorCommand):
    """Runs jobs until SIGTERM or Ctrl-C, which return the running ones to their queues."""

    if_stopped = "The worker had taken no job."
    # What an installation may have wrong. The other checks are of the code, and load every page of the site.
    requires_system_checks = (SETTINGS, Tags.security)
    help = "Run background jobs: queues in parallel, the jobs of a queue one at a time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        queues = settings.TASKS["default"]["QUEUES"]
        parser.add_argument(
            "--queue",
            action="append",
            choices=queues,
            help="repeat to serve several queues (default: all);"
            f" {PERIODIC_QUEUE} includes {MAIL}, {PUSH} and {WEBHOOKS}",
        )
        parser.add_argument(
            "--once", action="store_true", help="run one job at a time and exit when none is due"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Run jobs until told to stop."""
        memory.limit_malloc_arenas()
        process_files.join(process_files.WORKER)
        commands.start(process_files.WORKER)
        telemetry.start(process_files.WORKER)
        try:
            # Before anything is written to the database.
            site_id.wait_and_require_match()
        except site_id.SiteMismatch as error:
            raise CommandError(str(error)) from None
        startup_warnings.log_startup_warnings_in_background()
        queues = _with_included(list(options["queue"] or settings.TASKS["default"]["QUEUES"]))
        crew = WorkerGroup(
            [Worker(queues)] if options["once"] else [Worker([name]) for name in queues],
            alive_file=Path(settings.WORKER_ALIVE_PATH) if settings.WORKER_ALIVE_PATH else None,
        )

        def stop(number: int, frame: FrameType | None) -> None:
            # The handler may have interrupted this thread inside an Event's lock, so another one sets it.
            threading.Thread(target=crew.stop, name="stop").start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        logger.info("worker %s takes jobs of %s", crew.name, ", ".join(queues))
        if not crew.run(once=options["once"]):
            raise CommandError(
                "The worker is stopping so that another one can take over. See the lines above."
            )


def _with_included(queues: list[str]) -> list[str]:
    """Add mail, push and webhooks to ``default``: commands written before these queues existed go on serving all."""
    included = [MAIL, PUSH, WEBHOOKS] if PERIODIC_QUEUE in queues else []
    return [*queues, *(name for name in included if name not in queues)]
