"""The playlists app."""

from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    """Django's handle on the app."""

    name = "playlists"
    verbose_name = "Playlists"

    def ready(self) -> None:
        """Listen for deleted videos and put the queue on the watch page."""
        from playlists import signals  # noqa: F401
        from playlists.views import watch_panel
        from videos import panels

        panels.register(watch_panel)
