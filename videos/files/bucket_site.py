"""To which site the bucket's prefix belongs: its marker holds the site's id, as the database and the data folder do.

Whatever copies into the bucket or removes from it asks first. Requests do not: a bucket that is silent must not keep
pages waiting.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings

from streamsite.site_id import SiteMismatch, current_site_id
from videos.files import bucket, orphans
from videos.models import Video

if TYPE_CHECKING:
    from videos.files.s3 import Bucket

logger = logging.getLogger("streamsite.bucket")

_right: set[tuple[str, ...]] = set()


def require_own_prefix(*, again: bool = False, is_patient: bool = True) -> None:
    """Raise ``SiteMismatch`` when the prefix is another site's. One that nothing marks is marked when it is ours.

    It is when it has no videos, or one that this database knows. Asked once per process, unless ``again``. Also raises
    ``BucketUnavailable``, within seconds unless ``is_patient``, or one of ``site_id.CONNECTION_ERRORS``.
    """
    site = current_site_id()
    place = (settings.S3_ENDPOINT_URL, settings.S3_BUCKET, settings.S3_PREFIX, site)
    if place in _right and not again:
        return
    target = bucket.connect(is_patient=is_patient)
    found = target.site()
    if not found:
        if not _is_ours(target):
            raise SiteMismatch(
                f"{_place()} has videos, and the database {settings.DATABASES['default']['NAME']!r} knows none of them:"
                " they may be another site's. Give this site an S3_PREFIX of its own, or restore the database;"
                " `manage.py site_id --adopt` declares that they belong together."
            )
        target.claim(site)
        found = target.site()
        logger.info("%s is marked as this site's", _place())
    if found != site:
        raise SiteMismatch(
            f"{_place()} belongs to another site (id {found[:8]}, this one is {site[:8]}). Give this site an S3_BUCKET"
            " or S3_PREFIX of its own; `manage.py site_id --adopt` declares that they belong together."
        )
    _right.add(place)


def adopt_prefix() -> None:
    """Mark the prefix as this site's, even if it was another's. Raises ``BucketUnavailable``."""
    bucket.connect().claim(current_site_id())


def _is_ours(target: Bucket) -> bool:
    has_videos = False
    folders = (folder for folder in target.folders() if bucket.is_folder(folder))
    for batch in orphans.batches(folders):
        has_videos = True
        named = {bucket.video_id_of(folder): bucket.stored_generation_of(folder) for folder in batch}
        rows = Video.objects.filter(pk__in=named).values_list("pk", "stored_generation")
        if any(named[video_id] == stored for video_id, stored in rows):
            return True
    return not has_videos


def _place() -> str:
    prefix = f" below {settings.S3_PREFIX!r}" if settings.S3_PREFIX else ""
    return f"The bucket {settings.S3_BUCKET!r}{prefix}"
