"""The videos app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VideosConfig(AppConfig):
    """Django's handle on the app."""

    name = "videos"
    verbose_name = _("Videos")

    def ready(self) -> None:
        """Connect receivers, and register counters, repairs, checks, copies, trash folders, and files to back up."""
        from streamsite import copied_texts, site_id
        from streamsite.backup import references, sources
        from streamsite.figures import registry
        from streamsite.mongo import counters, repairs
        from videos import (
            backup_references,
            examination,  # noqa: F401
            receivers,  # noqa: F401
            recommendations,
        )
        from videos.copies import ALL as COPIES
        from videos.counters import ALL
        from videos.figures import STORAGE, UPLOADED
        from videos.files import (
            backup_source,
            bucket,
            bucket_check,  # noqa: F401
            orphans,
            trash_folders,
        )
        from videos.hooks import home_page
        from videos.processing import totals  # noqa: F401
        from videos.repairs import ALL as REPAIRS
        from videos.search import finders
        from videos.search.channels import FINDER
        from videos.websub import receivers as websub_receivers  # noqa: F401

        counters.register_counters(*ALL)
        repairs.register_repairs(*REPAIRS)
        registry.register_daily_count(UPLOADED)
        registry.register_storage(STORAGE)
        finders.register_finder(FINDER)
        home_page.register_shelf(recommendations.recommended_shelf, rank=30)
        copied_texts.register_copies(*COPIES)
        trash_folders.register_trash_folders()
        references.register_references("videos_video", backup_references.video_files)
        references.register_references("videos_caption", backup_references.caption_files)
        sources.register_source(
            backup_source.BucketSource.name, is_used=bucket.is_configured, make=backup_source.BucketSource
        )
        site_id.register_witness(
            "videos",
            iter_names=orphans.iter_ids_on_disk,
            find_known=orphans.existing_ids,
            expects_files=orphans.expects_files,
        )
