"""``manage.py reconcile``: fill in missing fields, and hold what is derived and every counter against its rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.management.base import CommandParser

from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import SiteCommand
from streamsite.mongo import counters, repairs
from streamsite.progress import Progress


class Command(SiteCommand):
    """The same as the nightly task; prints what it found."""

    help = (
        "Fill in fields that the previous release didn't write, and verify and correct counters (views, likes, "
        "comments, subscribers, items, ...)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--check`` and ``--dry-run``, which change nothing."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="report only, and exit with 1 if something is wrong"
        )
        what.add_argument("--dry-run", action="store_true", help="report only, and exit with 0")

    def handle(self, *args: object, **options: bool) -> None:
        """Run the task and print its findings."""
        correct = not (options["check"] or options["dry_run"])
        progress = Progress.of_command()
        with progress.ticking("documents"):
            findings = repairs.repair_documents(correct=correct)
        for found in findings:
            kind = "missing" if found.is_missing else "wrong"
            self.stdout.write(f"{found.name}: {found.wrong} {kind}{self._done(found.corrected, options)}")
        with progress.ticking("counters"):
            drifts = counters.reconcile(correct=correct)
        for drift in drifts:
            self.stdout.write(
                f"{drift.counter.name}: {drift.wrong} wrong by {drift.difference:g} in total"
                f"{self._done(drift.corrected, options)}"
            )
        if not (findings or drifts):
            self.stdout.write("All counters are correct.")
        if options["check"] and (findings or drifts):
            raise SystemExit(ExitCode.FAILED)

    @staticmethod
    def _done(count: int, options: Mapping[str, bool]) -> str:
        if options["dry_run"]:
            return ", would be corrected"
        return "" if options["check"] else f", {count} corrected"
