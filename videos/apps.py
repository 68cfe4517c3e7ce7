"""The videos app."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """Django's handle on the app."""

    name = "videos"
    verbose_name = "Videos"

    def ready(self) -> None:
        """Follow what happens to accounts, and register the bucket's check."""
        from streamsite.mongo import counters
        from videos import bucket_check, signals  # noqa: F401
        from videos.counters import ALL

        counters.register(*ALL)
