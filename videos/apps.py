"""The videos app."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    """Django's handle on the app."""

    name = "videos"
    verbose_name = "Videos"

    def ready(self) -> None:
        """Follow what happens to accounts, and register counters, repairs, checks and the files that rows name."""
        from streamsite import copies, site_id
        from streamsite.mongo import counters, repairs
        from videos import (
            bucket_check,  # noqa: F401
            orphans,
            signals,  # noqa: F401
        )
        from videos.copies import ALL as COPIES
        from videos.counters import ALL
        from videos.library import finders
        from videos.library.channels import FINDER
        from videos.repairs import ALL as REPAIRS

        counters.register(*ALL)
        repairs.register(*REPAIRS)
        finders.register(FINDER)
        copies.register(*COPIES)
        site_id.register(
            "videos", there=orphans.ids_on_disk, known=orphans.known, expects=orphans.is_expected
        )
