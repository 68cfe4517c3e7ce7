"""The playlists app."""

from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    """Django's handle on the app."""

    name = "playlists"
    verbose_name = "Playlists"

    def ready(self) -> None:
        """Listen for deleted videos; register the queue, shelves of channels and the studio's change of many."""
        from playlists import bulk, signals  # noqa: F401
        from playlists.channel_shelf import SHELF
        from playlists.views import watch_panel
        from subscriptions.channel_page import kinds
        from videos import panels
        from videos.studio.bulk import register

        kinds.register(SHELF)
        panels.register(watch_panel)
        register("playlist", bulk.ACTION)
