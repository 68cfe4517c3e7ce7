"""``manage.py rebuild_search``: make the search documents anew."""

from typing import Any

from streamsite.management.site_command import SiteCommand
from videos.search import finders, index


class Command(SiteCommand):
    """Search keeps working meanwhile. The sweeper adds missing videos; this also corrects wrong documents and names."""

    help = "Rebuild the search index of listed videos, channels, and public playlists."

    def handle(self, *args: Any, **options: Any) -> None:
        others = finders.rebuild_name_indexes()
        self.stdout.write(f"{index.rebuild_index()} videos and {others} channels and playlists can be found")
