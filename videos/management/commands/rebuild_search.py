"""``manage.py rebuild_search``: make the search documents anew."""

from typing import Any

from streamsite.management.site_command import SiteCommand
from videos.library import documents


class Command(SiteCommand):
    """Search goes on meanwhile. The sweeper adds what is missing by itself; this also mends what is wrong."""

    help = "Make the search document of every listed video anew."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{documents.rebuild()} videos can be found")
