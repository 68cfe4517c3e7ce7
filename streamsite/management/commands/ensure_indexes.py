"""``manage.py ensure_indexes``: makes the indexes that are missing, tells which are extra."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from streamsite.management.site_command import OperatorCommand, add_dry_run
from streamsite.mongo import indexes
from streamsite.progress import Progress


class Command(OperatorCommand):
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
        add_dry_run(parser)

    def handle(self, *args: object, **options: bool) -> None:
        """Compare, create and print."""
        is_dry = options["dry_run"] and not options["check"]
        if is_dry or options["check"]:
            report = indexes.compare_indexes()
        else:
            with Progress.of_command().ticking("indexes"):
                report = indexes.ensure_indexes(prune=options["prune"])
        would = "would be " if is_dry else ""
        done = {
            "missing": "missing" if options["check"] else f"{would}created",
            "different": f"{would}rebuilt" if options["prune"] else "differs (--prune rebuilds it)",
            "extra": f"{would}dropped" if options["prune"] else "extra (--prune drops it)",
        }
        for kind, word in done.items():
            for name in getattr(report, kind):
                self.stdout.write(f"{word}: {name}")
        if not any((report.missing, report.different, report.extra)):
            self.stdout.write("All indexes are up to date.")
        if is_dry:
            self.stdout.write("Nothing was changed.")
        if options["check"] and (report.missing or report.different):
            raise CommandError("Some indexes are missing or differ. Run ensure_indexes.")
