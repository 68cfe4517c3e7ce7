"""``manage.py ensure_indexes``: makes the indexes that are missing, tells which are extra."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from streamsite.mongo import indexes


class Command(BaseCommand):
    """Compares the database's indexes with those that the code asks for."""

    help = "Create missing indexes and report extra or different ones. Safe to repeat and interrupt."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--check", action="store_true", help="change nothing, and fail if an index is missing or differs"
        )
        group.add_argument(
            "--prune", action="store_true", help="drop extra indexes and rebuild those that differ"
        )

    def handle(self, *args: object, **options: bool) -> None:
        """Compare, create and print."""
        report = (
            indexes.compare_indexes() if options["check"] else indexes.ensure_indexes(prune=options["prune"])
        )
        done = {
            "missing": "missing" if options["check"] else "created",
            "different": "rebuilt" if options["prune"] else "differs (--prune rebuilds it)",
            "extra": "dropped" if options["prune"] else "extra (--prune drops it)",
        }
        for kind, word in done.items():
            for name in getattr(report, kind):
                self.stdout.write(f"{word}: {name}")
        if not any((report.missing, report.different, report.extra)):
            self.stdout.write("All indexes are up to date.")
        if options["check"] and (report.missing or report.different):
            raise CommandError("Some indexes are missing or differ. Run ensure_indexes.")
