"""The playlists app."""

from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    """Django's handle on the app."""

    name = "playlists"
    verbose_name = "Playlists"

    def ready(self) -> None:
        """Connect signals; register the queue, Watch later, shelves, oEmbed and the studio's bulk change."""
        from playlists import bulk, mongo, queries, sharing, signals  # noqa: F401
        from playlists.channel_shelf import SHELF
        from playlists.copies import ALL as COPIES
        from playlists.counters import ALL
        from playlists.finding import FINDER
        from playlists.repairs import ALL as REPAIRS
        from playlists.views.watching import watch_panel
        from streamsite import copies
        from streamsite.mongo import counters, repairs
        from subscriptions.channel_page import kinds
        from videos import panels, relations
        from videos.library import finders
        from videos.studio.bulk import register

        copies.register(*COPIES)
        counters.register(*ALL)
        repairs.register(*REPAIRS)
        kinds.register(SHELF)
        finders.register(FINDER)
        panels.register(watch_panel)
        register("playlist", bulk.ACTION)
        relations.register(
            lambda user_id, video: mongo.in_watch_later(queries.watch_later_id(user_id), video.pk)
        )
