"""``manage.py seed_demo``: the demo's accounts now, everything else by jobs in the background."""

from __future__ import annotations

from django.core.management.base import CommandParser

from demo import sign_ins, tasks
from streamsite.management.site_command import OperatorCommand, add_dry_run


class Command(OperatorCommand):
    """Creates the accounts to sign in with, once, and queues what is missing of the demo."""

    help = "Create the demo on a new site, or continue an interrupted one. Safe to repeat."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--accounts-only", action="store_true", help="queue nothing: a start of the site does that later"
        )
        add_dry_run(parser)

    def handle(self, *args: object, accounts_only: bool, dry_run: bool, **options: object) -> None:
        """Create the accounts and queue the rest, or say what that would do."""
        if dry_run:
            steps = [*sign_ins.preview(), *([] if accounts_only else tasks.preview())]
            for step in steps:
                self.stdout.write(f"Would {step}.")
            self.stdout.write(
                "Nothing was changed." if steps else "There is nothing to do. Nothing was changed."
            )
            return
        sign_ins.create_sign_ins()
        if not accounts_only:
            tasks.enqueue_demo()
