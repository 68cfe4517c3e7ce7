"""The playlists app."""

from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    """Django's handle on the app."""

    name = "playlists"
    verbose_name = "Playlists"

    def ready(self) -> None:
        """Connect signals; register the queue, Watch later, shelves, oEmbed and the studio's bulk change."""
        from playlists import mongo, queries, sharing, signals, studio_action  # noqa: F401
        from playlists.channel_shelf import SHELF
        from playlists.copies import ALL as COPIES
        from playlists.counters import ALL
        from playlists.repairs import ALL as REPAIRS
        from playlists.search import FINDER
        from playlists.views.watching import watch_panel
        from streamsite import copies
        from streamsite.mongo import counters, repairs
        from subscriptions.channel_page import shelf_types
        from videos import viewer_state
        from videos.hooks import watch_page
        from videos.search import finders
        from videos.studio.bulk import register

        copies.register(*COPIES)
        counters.register(*ALL)
        repairs.register(*REPAIRS)
        shelf_types.register(SHELF)
        finders.register(FINDER)
        watch_page.register(watch_panel)
        register("playlist", studio_action.ACTION)
        viewer_state.register(
            lambda user_id, video: mongo.in_watch_later(queries.watch_later_id(user_id), video.pk)
        )
