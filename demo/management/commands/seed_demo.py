"""``manage.py seed_demo``: the demo's accounts now, everything else by jobs in the background."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from demo import sign_ins, tasks


class Command(BaseCommand):
    """Creates the accounts to sign in with, once, and queues what is missing of the demo."""

    help = "Create the demo on a new site, or continue an interrupted one. Safe to repeat."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option."""
        parser.add_argument(
            "--accounts-only", action="store_true", help="queue nothing: a start of the site does that later"
        )

    def handle(self, *args: object, accounts_only: bool, **options: object) -> None:
        """Create the accounts and queue the rest."""
        sign_ins.create_sign_ins()
        if not accounts_only:
            tasks.enqueue_demo()
