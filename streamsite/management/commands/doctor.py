"""``manage.py doctor``: examine the installation and say what to do."""

from __future__ import annotations

import json
import sys

import pymongo
from django.core.management.base import CommandParser
from django.db import DatabaseError, InterfaceError
from pymongo.errors import PyMongoError

from streamsite.doctor import backups, database, machine, registry, services
from streamsite.doctor.registry import Finding, Level, problem
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import CHANGED_NOTHING, OperatorCommand
from streamsite.mongo import outage_messages
from streamsite.mongo.engine.client import get_client

DATABASE_SECONDS = 10.0
MARKS = {Level.OK: "ok", Level.WARNING: "warning", Level.PROBLEM: "PROBLEM"}
# Imported for the checks that they register.
CHECKS = (machine, database, services, backups)
WIDTH = max(map(len, MARKS.values()))


class Command(OperatorCommand):
    """Changes nothing, except for one small object that is written to the bucket and deleted.

    Exits with 1 when there is a problem, with 0 when there are only warnings.
    """

    help = (
        "Examine settings, database, indexes, clocks, disk, workers, mail, certificate and media, and say what to do "
        "about each finding."
    )
    if_stopped = CHANGED_NOTHING
    requires_system_checks = ()  # they are among the findings

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--json`` and ``--quiet``."""
        parser.add_argument("--json", action="store_true", help="print one object per finding and line")
        parser.add_argument("--quiet", action="store_true", help="leave out what is well")

    def handle(self, *args: object, quiet: bool, **options: object) -> None:
        """Print the findings of every check."""
        as_json = bool(options["json"])
        outage = self._outage()
        areas = list(registry.examine(has_database=not outage))
        if outage:
            areas.insert(0, ("Connection", outage))
        everything = [finding for _, findings in areas for finding in findings]
        for area, findings in areas:
            self._print(
                area, [one for one in findings if not (quiet and one.level == Level.OK)], as_json=as_json
            )
        problems = sum(one.level == Level.PROBLEM for one in everything)
        if not as_json:
            self._conclude(problems, sum(one.level == Level.WARNING for one in everything))
        sys.exit(ExitCode.FAILED if problems else ExitCode.DONE)

    @staticmethod
    def _outage() -> list[Finding]:
        """Return why the database does not answer; nothing when it does."""
        from django.conf import settings

        try:
            with pymongo.timeout(DATABASE_SECONDS):
                get_client("default").admin.command("ping")
        except (PyMongoError, DatabaseError, InterfaceError) as error:
            told = outage_messages.outage_message(
                error, address=settings.MONGODB_URI, database=settings.MONGODB_NAME
            )
            said = told or f"MongoDB does not answer ({type(error).__name__})."
            return [problem(said, "Check MONGODB_URI, the network, and the server's log.")]
        return []

    def _print(self, area: str, findings: list[Finding], *, as_json: bool) -> None:
        if as_json:
            for one in findings:
                entry = {"area": area, "level": one.level, "message": one.message, "remedy": one.remedy}
                self.stdout.write(json.dumps(entry, ensure_ascii=False))
        elif findings:
            self.stdout.write(self.style.MIGRATE_HEADING(area))
            for one in findings:
                self.stdout.write(f"  {self._mark(one.level)}  {one.message}")
                if one.remedy:
                    self.stdout.write(f"  {'':{WIDTH}}  -> {one.remedy}")

    def _mark(self, level: Level) -> str:
        paint = {
            Level.OK: self.style.SUCCESS,
            Level.WARNING: self.style.WARNING,
            Level.PROBLEM: self.style.ERROR,
        }
        return paint[level](f"{MARKS[level]:{WIDTH}}")

    def _conclude(self, problems: int, warnings: int) -> None:
        if problems or warnings:
            told = [_count(problems, "problem"), _count(warnings, "warning")]
            self.stdout.write(f"\n{' and '.join(filter(None, told))}.")
        else:
            self.stdout.write("\nEverything is well.")


def _count(number: int, noun: str) -> str:
    return "" if not number else f"{number} {noun}{'' if number == 1 else 's'}"
