"""``manage.py send_test_report``."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from streamsite import env
from streamsite.management.site_command import OperatorCommand, add_dry_run

CHAPTER = "docs/operations.md, 'Errors and traces'"


class Command(OperatorCommand):
    """Sends a report and a trace now, and says whether they were taken."""

    help = (
        "Send a test report to SENTRY_DSN and a test trace to the collector, and say whether they are taken."
    )
    if_stopped = "The report or the trace may have been sent. Run the command again for others."
    # The site's database has no part in it.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--dry-run``."""
        add_dry_run(parser, "say what would be sent where; connect to nothing")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        """Send what is configured. Raises ``CommandError`` when nothing is, or when something is not taken."""
        if not (settings.SENTRY_DSN or settings.OTEL_TRACES):
            raise CommandError(
                f"Neither SENTRY_DSN nor OTEL_EXPORTER_OTLP_ENDPOINT is set, or traces are off: {CHAPTER}."
            )
        failed = []
        if settings.SENTRY_DSN:
            host = urlsplit(settings.SENTRY_DSN).netloc.rpartition("@")[2]
            failed += self._try(f"A report to {host}", self._send_report, dry_run=dry_run)
        if settings.OTEL_TRACES:
            address = env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or env.text(
                "OTEL_EXPORTER_OTLP_ENDPOINT"
            )
            failed += self._try(f"A trace to {urlsplit(address).netloc}", self._send_trace, dry_run=dry_run)
        if failed:
            raise CommandError(" ".join(failed))

    @staticmethod
    def _send_report() -> str:
        from streamsite.telemetry import sentry

        return sentry.send_test()

    @staticmethod
    def _send_trace() -> str:
        from streamsite.telemetry import tracing

        return tracing.send_test()

    def _try(self, what: str, send: Callable[[], str], *, dry_run: bool) -> list[str]:
        """Send something and print that it was taken; return the sentence about it where it was not."""
        if dry_run:
            self.stdout.write(f"{what} would be sent. Nothing was sent.")
            return []
        if problem := send():
            return [f"{what} was not taken: {problem}."]
        self.stdout.write(self.style.SUCCESS(f"{what} was taken."))
        return []
