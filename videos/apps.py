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
            signals,  # noqa: F401
            trashed,
        )
        from videos.copies import ALL as COPIES
        from videos.counters import ALL
        from videos.files import bucket_check  # noqa: F401
        from videos.processing import orphans
        from videos.repairs import ALL as REPAIRS
        from videos.search import finders
        from videos.search.channels import FINDER

        counters.register(*ALL)
        repairs.register(*REPAIRS)
        finders.register(FINDER)
        copies.register(*COPIES)
        trashed.register()
        site_id.register(
            "videos", there=orphans.ids_on_disk, known=orphans.known, expects=orphans.is_expected
        )
