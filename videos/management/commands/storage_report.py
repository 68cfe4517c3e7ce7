"""``manage.py storage_report``: what uses the disk and the bucket, by kind of file and by account."""

from __future__ import annotations

import json
import shutil
from argparse import ArgumentTypeError

from django.conf import settings
from django.core.management.base import CommandParser

from streamsite.figures import computing, registry
from streamsite.management.site_command import CHANGED_NOTHING, SiteCommand, add_dry_run
from streamsite.progress import Progress
from streamsite.sanitize import format_bytes
from streamsite.space import reservations
from videos.storage_use import AccountUse, largest_accounts

MAX_ACCOUNTS = 1_000


class Command(SiteCommand):
    """Measures the files, as the nightly task does for the admin's dashboard, and changes no file and no video."""

    if_stopped = CHANGED_NOTHING
    help = "Measure what uses storage, by kind of file and by account, the largest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--accounts`` and ``--json``."""
        parser.add_argument(
            "--accounts",
            type=_number,
            default=20,
            metavar="N",
            help="how many accounts to list (20; 0 for none)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object with sizes in bytes")
        add_dry_run(parser, "do not keep the sizes for the admin's dashboard either")

    def handle(self, *args: object, accounts: int, dry_run: bool, **options: object) -> None:
        """Measure and print."""
        with Progress.of_command().ticking("measuring"):
            measured = computing.storage_sizes() if dry_run else computing.measure_storage()
        kinds = {kind: size for kind, size in measured.items() if size}
        largest = largest_accounts(accounts) if accounts else []
        disk = {"free": shutil.disk_usage(settings.DATA_DIR).free, "reserved": reservations.reserved_bytes()}
        if options["json"]:
            self.stdout.write(_as_json(kinds, largest, disk))
        else:
            self._print(kinds, largest, disk)

    def _print(self, kinds: dict[str, int], largest: list[AccountUse], disk: dict[str, int]) -> None:
        labels = registry.storage_labels()
        rows = [
            (str(labels.get(kind, kind)), format_bytes(size))
            for kind, size in sorted(kinds.items(), key=lambda pair: -pair[1])
        ]
        self._table(["Kind", "Size"], [*rows, ("Total", format_bytes(sum(kinds.values())))])
        self.stdout.write(f"\n{format_bytes(disk['free'])} are free on the disk of {settings.DATA_DIR}.")
        if disk["reserved"]:
            self.stdout.write(f"{format_bytes(disk['reserved'])} of them are reserved by jobs that run.")
        if largest:
            self.stdout.write("")
            self._table(
                ["Account", "Videos", "Original files", "Renditions", "Downloads", "Total"],
                [_row(account) for account in largest],
            )

    def _table(self, head: list[str], rows: list[tuple[str, ...]]) -> None:
        """Print a table whose first column is on the left and whose others are on the right."""
        widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
        for row in (head, *rows):
            cells = [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
            self.stdout.write("  ".join([f"{row[0]:{widths[0]}}", *cells]))


def _row(account: AccountUse) -> tuple[str, ...]:
    sizes = (account.sources, account.renditions, account.downloads, account.total)
    return (account.username, str(account.videos), *map(format_bytes, sizes))


def _as_json(kinds: dict[str, int], largest: list[AccountUse], disk: dict[str, int]) -> str:
    accounts = [
        {
            "username": one.username,
            "videos": one.videos,
            "sources": one.sources,
            "renditions": one.renditions,
            "downloads": one.downloads,
            "total": one.total,
        }
        for one in largest
    ]
    return json.dumps({"kinds": kinds, **disk, "accounts": accounts}, indent=2)


def _number(text: str) -> int:
    """Read a number of accounts. Raises ``ArgumentTypeError``."""
    if not text.isdecimal() or int(text) > MAX_ACCOUNTS:
        raise ArgumentTypeError(f"use a number from 0 to {MAX_ACCOUNTS}")
    return int(text)
