"""``manage.py rebuild_search``: rebuild the search index."""

from streamsite.management.site_command import SiteCommand
from videos.search import finders, index


class Command(SiteCommand):
    """Rebuilds all documents and names, including wrong ones. Search keeps working meanwhile."""

    help = "Rebuild the search index of listed videos, channels, and public playlists."

    def handle(self, *args: object, **options: object) -> None:
        """Rebuild the index and print the number of documents and names."""
        others = finders.rebuild_name_indexes()
        self.stdout.write(f"{index.rebuild_index()} videos and {others} channels and playlists are indexed")
