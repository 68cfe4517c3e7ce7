"""``manage.py send_test_report``."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streamsite import env

CHAPTER = "docs/operations.md, 'Errors and traces'"


class Command(BaseCommand):
    """Sends a report and a trace now, and says whether they were taken."""

    help = (
        "Send a test report to SENTRY_DSN and a test trace to the collector, and say whether they are taken."
    )
    # The site's database has no part in it.
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: object, **options: object) -> None:
        """Send what is configured. Raises ``CommandError`` when nothing is, or when something is not taken."""
        if not (settings.SENTRY_DSN or settings.OTEL_TRACES):
            raise CommandError(
                f"Neither SENTRY_DSN nor OTEL_EXPORTER_OTLP_ENDPOINT is set, or traces are off: {CHAPTER}."
            )
        failed = []
        if settings.SENTRY_DSN:
            from streamsite.telemetry import sentry

            host = urlsplit(settings.SENTRY_DSN).netloc.rpartition("@")[2]
            failed += self._tell(f"A report to {host}", sentry.send_test())
        if settings.OTEL_TRACES:
            from streamsite.telemetry import tracing

            address = env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or env.text(
                "OTEL_EXPORTER_OTLP_ENDPOINT"
            )
            failed += self._tell(f"A trace to {urlsplit(address).netloc}", tracing.send_test())
        if failed:
            raise CommandError(" ".join(failed))

    def _tell(self, what: str, problem: str) -> list[str]:
        if problem:
            return [f"{what} was not taken: {problem}."]
        self.stdout.write(self.style.SUCCESS(f"{what} was taken."))
        return []
