"""Building an archive, in a worker. A try that was killed is begun anew."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from accounts.models import User
from accounts.tasks import enqueue_mail
from streamsite import __version__, disk, origin, site_id
from streamsite.api.renderers import iso
from streamsite.errors import DiskFull
from streamsite.site_settings.identity import site_name
from streamsite.tasks.lease import current_lease
from takeout import formats, store
from takeout.exports import folders, media, objects
from takeout.exports.zip_layout import ZipLayout
from videos.access import own_videos
from videos.models import Video

LIFETIME = timedelta(days=7)
# How long the list of exports shows one that has ended.
RETENTION = timedelta(days=90)
REPORT_SECONDS = 1.0
# The part of the work that texts are, the rest being bytes of media.
TEXT_SHARE = 0.1
Object = dict[str, object]


class Withdrawn(Exception):
    """The export was cancelled, or its account was closed."""


class _Progress:
    """Progress of an archive from 0 to 1, written at most every second; also where the end of the lease is noticed."""

    def __init__(self, export_id: str, *, texts: int, media_bytes: int) -> None:
        self._id, self._texts, self._bytes = export_id, max(1, texts), max(1, media_bytes)
        self._done_texts = self._done_bytes = 0
        self._next = time.monotonic() + REPORT_SECONDS

    def add_text(self) -> None:
        """Count an object."""
        self._done_texts += 1
        self._report()

    def add_bytes(self, count: int) -> None:
        """Count bytes of media."""
        self._done_bytes += count
        self._report()

    def _report(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + REPORT_SECONDS
        current_lease().check()
        if not disk.has_space():
            raise DiskFull
        texts = min(1.0, self._done_texts / self._texts)
        files = min(1.0, self._done_bytes / self._bytes)
        progress = round(min(0.99, TEXT_SHARE * texts + (1 - TEXT_SHARE) * files), 3)
        if not store.update_export(self._id, {"progress": progress}):
            raise Withdrawn


def build(export_id: str) -> None:
    """Build the archive of an export that is queued or was interrupted, and mail its owner. Idempotent."""
    export = store.find_export(export_id)
    if export is None or export["status"] not in (store.QUEUED, store.RUNNING):
        return
    user = User.objects.filter(pk=export["user_id"], is_active=True).first()
    if user is None:
        store.update_export(export_id, {"status": store.FAILED, "error": "account_closed"}, ends=True)
        return
    store.update_export(export_id, {"status": store.RUNNING, "progress": 0.0})
    try:
        size, counts = _write(user, export)
    except Withdrawn:
        folders.remove(export_id)
        return
    except BaseException:
        folders.remove(export_id)
        raise
    current_lease().check()
    _finish(user, export, size, counts)


def fail(export_id: str, code: str) -> None:
    """Record that an archive could not be built, and remove what there is of it. Idempotent."""
    folders.remove(export_id)
    moment = store.now()
    changes = {
        "status": store.FAILED,
        "error": code,
        "finished_at": moment,
        "purge_at": moment + RETENTION,
    }
    store.update_export(export_id, changes, ends=True)


def _finish(user: User, export: store.ExportDoc, size: int, counts: dict[str, int]) -> None:
    moment = store.now()
    changes = {
        "status": store.READY,
        "progress": 1.0,
        "size": size,
        "counts": counts,
        "finished_at": moment,
        "expires_at": moment + LIFETIME,
        "purge_at": moment + RETENTION,
    }
    if not store.update_export(export["_id"], changes, ends=True):
        folders.remove(export["_id"])
        return
    for former in store.list_ready_exports(user.pk, but=export["_id"]):
        expire(former)
    enqueue_mail("export_ready", user, day=(moment + LIFETIME).date().isoformat())


def expire(export: store.ExportDoc) -> None:
    """End an archive: its files go, its row stays for a while. Idempotent."""
    store.update_export(export["_id"], {"status": store.EXPIRED}, ends=True)
    folders.remove(export["_id"])


def _write(user: User, export: store.ExportDoc) -> tuple[int, dict[str, int]]:
    """Write the archive; return its size in bytes and its objects by kind."""
    totals = objects.count_objects(user)
    progress = _Progress(
        export["_id"],
        texts=sum(totals.values()),
        media_bytes=media.media_bytes(user) if export["with_media"] else 0,
    )
    archive = ZipLayout(folders.new_export_dir(export["_id"]), on_bytes=progress.add_bytes)
    contents: dict[str, Object] = {}
    for kind in formats.KINDS:
        found = _objects(kind, user, archive, with_media=export["with_media"])
        contents[kind] = _add_kind(archive, kind, found, progress.add_text)
    archive.add_text(formats.MANIFEST, _json(_manifest(user, export, contents)))
    size = archive.finish()
    return size, {kind: int(str(listed["count"])) for kind, listed in contents.items()}


def _objects(kind: str, user: User, archive: ZipLayout, *, with_media: bool) -> Iterator[Object]:
    if kind == formats.ACCOUNT:
        for found in objects.account(user):
            media.add_profile_images(archive, user, found)
            yield found
    elif kind == formats.VIDEOS:
        # Each is read when its turn comes: linking and reading the files of one may take minutes.
        ids = list(own_videos(user.pk).order_by("created_at", "pk").values_list("pk", flat=True))
        for row in (Video.objects.filter(pk=video_id).first() for video_id in ids):
            if row is None:
                continue
            described = objects.video(row)
            media.add_video_files(archive, row, described, with_media=with_media)
            yield described
    elif kind == formats.POSTS:
        for found in objects.posts(user):
            media.add_post_image(archive, found)
            yield found
    else:
        yield from objects.PLAIN[kind](user)


def _add_kind(
    archive: ZipLayout, kind: str, found: Iterable[Object], on_object: Callable[[], None]
) -> Object:
    """Add the files of a kind; return their names and the number of objects in them."""
    names: list[str] = []
    count, rest = 0, iter(found)
    while chunk := list(islice(rest, formats.OBJECTS_PER_FILE)):
        for _one in chunk:
            on_object()
        name = formats.file_name(kind, len(names) + 1)
        archive.add_text(name, _json(chunk))
        names.append(name)
        count += len(chunk)
    return {"files": names, "count": count}


def _manifest(user: User, export: store.ExportDoc, contents: dict[str, Object]) -> Object:
    return {
        "format": formats.FORMAT,
        "version": formats.VERSION,
        "created_at": iso(export["created_at"]),
        "with_media": export["with_media"],
        "site": {
            "id": site_id.current_site_id(),
            "url": origin.current(),
            "name": site_name(),
            "software": f"streamsite {__version__}",
        },
        "account": {"username": user.username},
        "contents": contents,
    }


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
