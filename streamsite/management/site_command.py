"""The base of commands that change a site's files and rows."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from streamsite import site_id


class SiteCommand(BaseCommand):
    """A command that runs only when the database and the data folder are of one site."""

    def execute(self, *args: object, **options: object) -> str | None:
        """Run the command, or raise ``CommandError`` with what is wrong and what to do.

        A database that does not answer is raised as what the driver says; ``manage.py`` makes a sentence of it.
        """
        try:
            site_id.require_match()
            return super().execute(*args, **options)
        except site_id.SiteMismatch as error:
            raise CommandError(str(error)) from None
