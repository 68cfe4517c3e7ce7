"""``manage.py nginx_conf``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from streamsite.front.configuration import ConfigurationError, Place, render


class Command(BaseCommand):
    """Prints a configuration for an nginx of your own; the one of ``script/server`` is made by itself."""

    help = "Print a configuration of nginx that fits the settings."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--listen", default="80", help="where nginx listens, as its listen directive has it (80)"
        )
        parser.add_argument(
            "--upstream",
            default="127.0.0.1:8000",
            help="where run_web listens (127.0.0.1:8000; in deploy/compose.yml web:8000)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # TRUSTED_PROXIES counts this nginx and those in front of it.
        place = Place(options["listen"], options["upstream"], hops=max(settings.TRUSTED_PROXIES - 1, 0))
        try:
            self.stdout.write(render(place), ending="")
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
