"""Original files after their videos are ready: kept for as many days as the site's settings say, or always.

Each run computes the moment at which an original file is to go and stores it in the video's row, where its owner reads
it, and then removes those whose moment has come. A video loses its original file only while every rendition is there.
The row says so before the file goes, and loses the moment after it: a run that is killed in between is finished by the
next one. All moments are MongoDB's.
"""

from __future__ import annotations

import logging
from collections import Counter

from streamsite import site_id, sweep_count
from streamsite.site_settings.storage import storage_settings
from streamsite.tasks.lease import current_lease
from videos import duplicate_uploads, video_store
from videos.files import bucket, locations, paths
from videos.transcoding import stored_ladder

logger = logging.getLogger("streamsite.sources")

# Files that were there before the setting are announced for so many days.
NOTICE_DAYS = 7
# In one run: the next ones go an hour later.
MAX_REMOVED = 500


def remove_due_sources() -> dict[str, int]:
    """Announce and remove original files as the settings say; return the counts of what was done.

    ``announced``, ``removed``, and ``kept`` for those whose renditions are not all there. Idempotent, and safe in
    parallel. Raises ``site_id.SiteMismatch``, or ``LeaseLost``.
    """
    site_id.require_match()
    done = Counter(announced=0, removed=0, kept=0)
    if older := sweep_count.stale_database_message():
        logger.warning("original files stay: %s", older)
        return dict(done)
    for video_id in video_store.iter_begun_source_removals():
        _finish(video_id)
    days = storage_settings().source_days
    if not days:
        video_store.cancel_source_removals()
        return dict(done)
    done["announced"] = video_store.plan_source_removals(days, notice_days=NOTICE_DAYS)
    for video_id in video_store.iter_due_source_removals():
        current_lease().check()
        try:
            done["removed" if _remove(video_id) else "kept"] += 1
        except bucket.BucketUnavailable:
            logger.warning("original files stay, because the bucket does not answer")
            break  # each further one would wait for it
        if done["removed"] >= MAX_REMOVED:
            break
    if done["removed"] or done["kept"]:
        logger.info("original files: %d removed, %d kept", done["removed"], done["kept"])
    return dict(done)


def _remove(video_id: str) -> bool:
    """Remove the original file of a video whose renditions are all there. Return whether it went."""
    place = locations.get_location(video_id)
    if place is None:
        return False
    if gap := _find_gap(place):
        logger.warning("video %s: its original file stays, because %s", video_id, gap)
        return False
    duplicate_uploads.record_hash(video_id)
    if not video_store.begin_source_removal(video_id, place.generation, place.stored_generation):
        return False
    _finish(video_id)
    return True


def _finish(video_id: str) -> None:
    paths.remove_source(video_id)
    video_store.finish_source_removal(video_id)
    logger.info("video %s: its original file was removed", video_id)


def _find_gap(place: locations.MediaLocation) -> str:
    """Return what the published ladder lacks, "" when it is whole."""
    sizes = bucket.connect().sizes(place.folder) if place.is_stored else paths.file_sizes(place.local)
    try:
        with locations.files_on_disk(place, lambda folder, names: []) as folder:
            return stored_ladder.find_gap(folder, sizes)
    except FileNotFoundError as error:
        return str(error)
