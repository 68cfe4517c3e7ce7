"""``manage.py run_web``."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError

from django.core.management.base import CommandError, CommandParser

from streamsite import site_id, startup_warnings
from streamsite.front.process import raise_file_limit
from streamsite.management.site_command import OperatorCommand
from streamsite.server_command import granian_command


class Command(OperatorCommand):
    """Becomes the web server; behind a proxy or a process manager of your own."""

    help = "Serve the site over HTTP."
    if_stopped = "The web server had not started."
    # `manage.py check --deploy` is the place for that; a start must not depend on a database that is on its way.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=_port, default=8000, help="the port (8000)")
        parser.add_argument(
            "--workers", type=int, default=os.cpu_count() or 1, help="processes (one per core)"
        )

    def handle(self, *args: object, **options: str | int) -> None:
        """Replace this process by the web server."""
        try:
            site_id.require_match()
        except site_id.SiteMismatch as error:
            raise CommandError(str(error)) from None
        except site_id.CONNECTION_ERRORS:
            pass  # answers 503 until the database is there, and every web process compares then
        raise_file_limit()
        startup_warnings.log_startup_warnings()
        command = granian_command(str(options["host"]), int(options["port"]), int(options["workers"]))
        os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell


def _port(text: str) -> int:
    """Read a port. Raises ``ArgumentTypeError``."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65_536):
        raise ArgumentTypeError("use a port from 1 to 65535")
    return int(text)
