"""The videos app."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """Django's handle on the app."""

    name = "videos"
    verbose_name = "Videos"

    def ready(self) -> None:
        """Follow what happens to accounts, and say which videos' files belong to the database."""
        from streamsite import site_id
        from streamsite.mongo import counters
        from videos import (
            orphans,
            signals,  # noqa: F401
        )
        from videos.counters import ALL

        counters.register(*ALL)
        site_id.register("videos", there=orphans.ids_on_disk, known=orphans.known)
