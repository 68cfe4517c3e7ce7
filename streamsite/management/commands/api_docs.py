"""``manage.py api_docs``: write the table of endpoints in ``docs/api.md``, which a test holds current."""

from __future__ import annotations

from django.core.management.base import CommandParser

from streamsite.api import endpoint_table
from streamsite.api.views import generate_schema
from streamsite.management.site_command import OperatorCommand, add_dry_run


class Command(OperatorCommand):
    """Writes the generated part of ``docs/api.md``."""

    help = "Write the table of endpoints in docs/api.md from the OpenAPI document."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--dry-run``."""
        add_dry_run(parser, "say whether the table would change, and write nothing")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        """Replace the table between the markers."""
        text = endpoint_table.DOCS.read_text(encoding="utf-8")
        new = endpoint_table.replace_table(text, generate_schema())
        if dry_run:
            self.stdout.write(
                "would be unchanged" if new == text else f"would be written: {endpoint_table.DOCS}"
            )
            return
        endpoint_table.DOCS.write_text(new, encoding="utf-8")
        self.stdout.write("unchanged" if new == text else "written")
