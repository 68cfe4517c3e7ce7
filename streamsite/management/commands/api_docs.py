"""``manage.py api_docs``: write the table of endpoints in ``docs/api.md``, which a test holds current."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from streamsite.api import endpoint_table
from streamsite.api.views import generate_schema


class Command(BaseCommand):
    """Writes the generated part of ``docs/api.md``."""

    help = "Write the table of endpoints in docs/api.md from the OpenAPI document."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        """Replace the table between the markers."""
        text = endpoint_table.DOCS.read_text(encoding="utf-8")
        new = endpoint_table.replace_table(text, generate_schema())
        endpoint_table.DOCS.write_text(new, encoding="utf-8")
        self.stdout.write("unchanged" if new == text else "written")
