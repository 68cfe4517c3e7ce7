"""``manage.py remove_demo``: remove what the demo made."""

from __future__ import annotations

from django.core.management.base import CommandParser

from accounts import admin_reminder
from demo import removal
from demo.removal import Removal
from streamsite.management.site_command import SiteCommand, add_dry_run
from streamsite.progress import Progress


class Command(SiteCommand):
    """Removes the demo's accounts, videos, and everything else that it made; with --dry-run only lists it."""

    help = "Remove everything that the demo made. Safe to interrupt and to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option."""
        add_dry_run(parser, "list what would be removed, and remove nothing")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        """Remove the demo, and say what went with it and what stayed."""
        if not dry_run:
            removal.stop_making()
        found = removal.find()
        if found.is_empty:
            self.stdout.write("This site has no demo content.")
            return
        self._describe(found, "Would remove" if dry_run else "Removing")
        if dry_run:
            return
        with Progress.of_command().ticking("removing the demo"):
            removal.remove(found)
        self.stdout.write("Removed the demo. It won't be made again.")
        if reminder := admin_reminder.missing_admin_reminder():
            self.stdout.write(f"No administrator is left. Next, {reminder}")

    def _describe(self, found: Removal, verb: str) -> None:
        parts = (
            (len(found.accounts), "accounts"),
            (len(found.videos), "videos"),
            (len(found.playlists), "playlists"),
            (len(found.posts), "posts"),
        )
        self.stdout.write(f"{verb}: {', '.join(f'{number} {name}' for number, name in parts)}.")
        for number, what in (
            (found.by_people["comments"], "comments by other accounts, which are on these videos and posts"),
            (found.by_people["subscriptions"], "subscriptions of other accounts to these channels"),
            (found.by_people["videos"], "videos that people uploaded as one of these accounts"),
        ):
            if number:
                self.stdout.write(f"This includes {number} {what}.")
        for user in found.kept:
            self.stdout.write(f"Kept: {user.username}, because its password was changed.")
