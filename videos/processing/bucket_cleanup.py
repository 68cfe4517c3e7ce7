"""Finds and removes folders of the bucket that no video is served from.

Nothing is moved there: an empty object ``trash/<date>/<folder>`` below the prefix says that a folder is to go. It goes
after as many days as files stay in the trash, if no video has named it by then. Until then it stays as it is, so that
the right database finds it at once. Only names of the form ``<id>.<generation>.<secret>`` below a prefix with this
site's marker count.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings

from streamsite import site_id, sweep_count, trash
from streamsite.mongo import clock
from streamsite.site_settings.storage import storage_settings
from videos.files import bucket, bucket_site, locations, orphans
from videos.processing.cleanup import STAYS_SUFFIX, CleanupReport

logger = logging.getLogger("streamsite.sweeper")


@dataclass
class _Found:
    """Folders that no video is served from: of videos without a row, of others, and what they are counted against.

    ``young`` are of videos without a row, too, and stay for the time being.
    """

    lost: list[str] = field(default_factory=list)
    young: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    videos: set[str] = field(default_factory=set)

    @property
    def all(self) -> set[str]:
        return {*self.lost, *self.former}


def sweep_bucket(*, force: bool = False, is_dry: bool = False, empty_trash: bool = False) -> CleanupReport:
    """Mark folders that no row names, and remove those that were marked long enough ago and still are unnamed.

    ``force`` notes as many as there are, ``empty_trash`` removes at once what is noted, ``is_dry`` only lists. Raises
    ``site_id.SiteMismatch``. A bucket that is silent is swept another time.

    Not a part of ``sweep``: that runs where other short tasks wait, and a silent bucket takes its time.
    """
    site_id.require_match()
    report = CleanupReport()
    try:
        bucket_site.require_own_prefix(again=True)
        _sweep(report, force=force, is_dry=is_dry, empty_trash=empty_trash)
    except bucket.BucketUnavailable:
        report.refuse(
            "The bucket does not answer and was not swept. Look at its settings and run the sweep again."
        )
    return report


def _sweep(report: CleanupReport, *, force: bool, is_dry: bool, empty_trash: bool) -> None:
    target = bucket.connect()
    counted = target.count()
    older = "" if force else sweep_count.stale_database_message(counted)
    if older:
        report.refuse(older)
        if not is_dry:
            return
    elif not is_dry:
        target.set_count(sweep_count.increment_count(counted))
    noted = target.marked_for_removal()
    folders = {folder for folder in target.folders() if bucket.is_folder(folder)}
    found = _find(folders)
    new = [folder for folder in found.lost if folder not in noted]
    # Those that are noted already and those that are too young to be are counted as well.
    count = len({bucket.video_id_of(folder) for folder in {*found.lost, *found.young}})
    if new and trash.exceeds_limits(count, len(found.videos)) and not (force or older):
        what = "videos in the bucket without a row"
        report.refuse(trash.refusal_message(count, len(found.videos), what, fate="would be deleted later"))
        new = []
    new += [folder for folder in found.former if folder not in noted]
    ripe = [
        folder
        for folder, day in noted.items()
        if folder in found.all and (empty_trash or trash.has_expired(day))
    ]
    if is_dry:
        end = STAYS_SUFFIX if older else ""
        report.listed += [f"{folder} (bucket){end}" for folder in new]
        report.listed += [f"{folder} (bucket, deleted){end}" for folder in ripe]
        return
    today = trash.today()
    last_day = today + timedelta(days=storage_settings().trash_days)
    for folder in new:
        target.mark_for_removal(folder, today)
        logger.warning("bucket folder %s will be deleted on %s", folder, last_day)
    for folder in ripe:
        target.remove(folder)
        logger.warning("bucket folder %s was deleted for good", folder)
    _clear_notes(noted, {*ripe, *(folder for folder in noted if folder not in found.all)})
    report.found["bucket_folders_noted"] = len(new)
    report.found["bucket_folders"] = len(ripe)


def _clear_notes(noted: dict[str, date], folders: Iterable[str]) -> None:
    """Delete the marks of folders that were deleted, or that a video is served from again."""
    for folder in folders:
        bucket.connect().unmark_removal(folder, noted[folder])


def _find(folders: set[str]) -> _Found:
    found = _Found(videos={bucket.video_id_of(folder) for folder in folders})
    for batch in orphans.batches(iter(sorted(folders))):
        places = locations.get_locations({bucket.video_id_of(folder) for folder in batch})
        for folder in batch:
            place = places.get(bucket.video_id_of(folder))
            if locations.is_needed(place, bucket.stored_generation_of(folder)):
                continue
            if not _is_old(folder):
                found.young += [folder] if place is None else []
            elif place is None:
                found.lost.append(folder)
            elif _is_served(place, folders):
                found.former.append(folder)
    return found


def _is_served(place: locations.MediaLocation, folders: set[str]) -> bool:
    """Return whether the folder that the video's row names exists; if not, the database may be an older one."""
    if place.is_stored:
        return place.folder in folders
    if place.generation:
        return place.local.is_dir()
    return True


def _is_old(folder: str) -> bool:
    newest = bucket.connect().newest(folder)
    return newest is None or newest <= clock.cautious_now() - timedelta(seconds=settings.SWEEP_GRACE_SECONDS)
