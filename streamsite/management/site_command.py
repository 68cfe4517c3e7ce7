"""What commands have in common that change a site's files and rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streamsite import site_id


class SiteCommand(BaseCommand):
    """A command that runs only when the database and the data folder are of one site."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command, or raise ``CommandError`` with what is wrong and what to do."""
        try:
            self._require()
            return super().execute(*args, **options)
        except site_id.WrongSite as error:
            raise CommandError(str(error)) from None

    @staticmethod
    def _require() -> None:
        try:
            site_id.require()
        except site_id.AWAY as error:
            raise CommandError(
                f"The database does not answer ({error.__class__.__name__}). Check MONGODB_URI."
            ) from None
