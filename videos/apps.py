"""The videos app."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """Django's handle on the app."""

    name = "videos"
    verbose_name = "Videos"

    def ready(self) -> None:
        """Follow what happens to accounts."""
        from streamsite.mongo import counters, repairs
        from videos import signals  # noqa: F401
        from videos.counters import ALL
        from videos.repairs import ALL as REPAIRS

        counters.register(*ALL)
        repairs.register(*REPAIRS)
