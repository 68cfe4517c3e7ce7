"""The playlists app."""

from django.apps import AppConfig


class PlaylistsConfig(AppConfig):
    """Django's handle on the app."""

    name = "playlists"
    verbose_name = "Playlists"

    def ready(self) -> None:
        """Listen for deleted videos."""
        from playlists import signals  # noqa: F401
