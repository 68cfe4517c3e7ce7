"""``manage.py reconcile``: hold every counter against its rows now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from streamsite.management.site_command import SiteCommand
from streamsite.mongo import counters


class Command(SiteCommand):
    """The same as the nightly task; prints what it found."""

    help = "Compare counters (views, likes, comments, subscribers, items, ...) with their rows and set them right."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--check`` changes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="Only look; end with 1 when something is wrong."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        drifts = counters.reconcile(correct=not options["check"])
        for drift in drifts:
            done = "" if options["check"] else f", {drift.corrected} set right"
            self.stdout.write(
                f"{drift.counter.name}: {drift.wrong} wrong by {drift.difference:g} in all{done}"
            )
        if not drifts:
            self.stdout.write("All counters agree with their rows.")
        elif options["check"]:
            raise SystemExit(1)
