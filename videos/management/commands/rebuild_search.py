"""``manage.py rebuild_search``: rebuild the search index."""

from django.core.management.base import CommandParser

from streamsite.management.site_command import SiteCommand, add_dry_run
from streamsite.progress import Progress
from videos.search import finders, index


class Command(SiteCommand):
    """Rebuilds all documents and names, including wrong ones. Search keeps working meanwhile."""

    help = "Rebuild the search index of listed videos, channels, and public playlists."
    if_stopped = "Search works with what it had. Run the command again: it starts over."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--dry-run``."""
        add_dry_run(parser, "say how much would be rebuilt, and change nothing")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        """Rebuild the index and print the number of documents and names, or what would be rebuilt."""
        if dry_run:
            self.stdout.write(
                f"{index.count_listed()} videos and {finders.count_names()} channels and playlists would be indexed"
                f" anew, and {index.count_unlisted()} documents of other videos deleted. Nothing was changed."
            )
            return
        progress = Progress.of_command()
        with progress.ticking("channels and playlists"):
            others = finders.rebuild_name_indexes()
        videos = index.rebuild_index(progress)
        progress.end()
        self.stdout.write(f"{videos} videos and {others} channels and playlists are indexed")
