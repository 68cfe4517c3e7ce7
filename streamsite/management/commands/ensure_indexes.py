"""``manage.py ensure_indexes``."""

from typing import Any

from django.core.management.base import BaseCommand

from streamsite.mongo import indexes


class Command(BaseCommand):
    """Creates the indexes that migrations do not: text, TTL, sessions, queue."""

    help = "Create the indexes that migrations do not describe."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in indexes.ensure():
            self.stdout.write(name)
