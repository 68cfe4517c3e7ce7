"""Running an import, in a worker or in a command. One that was interrupted goes on where it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from django.db import IntegrityError
from pymongo.errors import DuplicateKeyError

from accounts import locale
from accounts.models import User
from accounts.tasks import enqueue_mail
from streamsite import site_id
from streamsite.errors import DiskFull, SiteError, Unavailable
from streamsite.tasks.errors import Postponed
from takeout import formats, store
from takeout.imports import codes, files, items, sources
from takeout.imports.containers import Container, Texts, open_container
from takeout.imports.context import ImportContext
from takeout.imports.errors import BadArchive, Withdrawn
from takeout.imports.report import FILES, PRESENT, REFUSED, Report, StoredReport
from takeout.imports.sources.base import Files, Source
from takeout.imports.writers import lists, profile, texts, videos, viewing

logger = logging.getLogger("streamsite.takeout")

MEGABYTE = 1024**2
# What a kind counts in the progress beside the megabytes of media.
KIND_SHARE = 10.0
# Of one kind: a worker that looks each of them up is busy for minutes.
MAX_OBJECTS = 100_000
# What cannot be found again, or has nothing that people know it by, is left out.
WITH_ID = (items.Video, items.Playlist, items.Post, items.Comment)
WRITERS: dict[str, Callable[[ImportContext, Any], None]] = {
    formats.ACCOUNT: profile.write,
    formats.VIDEOS: videos.write,
    formats.SUBSCRIPTIONS: viewing.write_subscription,
    formats.PLAYLISTS: lists.write_playlist,
    formats.SAVED_PLAYLISTS: lists.write_saved,
    formats.HISTORY: viewing.write_watched,
    formats.REACTIONS: viewing.write_reaction,
    formats.POSTS: texts.write_post,
    formats.COMMENTS: texts.write_comment,
}


def run(import_id: str) -> None:
    """Run an import that is queued or was interrupted, and mail its owner. Idempotent."""
    document = store.find_import(import_id)
    if document is None or document["status"] not in (store.QUEUED, store.RUNNING):
        return
    user = User.objects.filter(pk=document["user_id"], is_active=True).first()
    if user is None:
        fail(import_id, codes.ACCOUNT_CLOSED)
        return
    if document["is_dry"]:  # a rehearsal remembers what it would have created
        store.delete_rows(import_id)
        document["report"], document["done_kinds"] = {}, []
    store.update_import(import_id, {"status": store.RUNNING})
    try:
        import_archive(
            user,
            files.archive_path(import_id),
            source=document["source"],
            is_dry=document["is_dry"],
            make_report=lambda container: StoredReport(document, total=_total(container)),
        )
    except BadArchive as error:
        fail(import_id, error.code)
    except FileNotFoundError:
        fail(import_id, codes.UNREADABLE)
    except Withdrawn:
        files.remove(import_id)
    else:
        _finish(user, document)


def import_archive(
    user: User, path: Path, *, source: str, is_dry: bool, make_report: Callable[[Container], Report]
) -> Report:
    """Import the archive at ``path``, a ZIP file or a folder; with ``is_dry`` only report what would come over.

    Raises ``BadArchive`` for one that is not from ``source``, and what the report raises.
    """
    with locale.speak_to(user), open_container(path) as container:
        report = make_report(container)
        if not report.is_done(FILES):
            for name, code in container.left_out:
                report.add(FILES, REFUSED, code, title=name)
            report.finish(FILES)
        budget = Texts(container)
        reader = sources.open_source(source, Files(container, budget, report))
        context = ImportContext(
            user=user,
            origin=reader.origin,
            is_own_site=bool(reader.site_id) and reader.site_id == site_id.current_site_id(),
            is_dry=is_dry,
            container=container,
            texts=budget,
            report=report,
        )
        for kind in formats.KINDS:
            if not report.is_done(kind):
                _write_kind(context, reader, kind)
                report.advance(KIND_SHARE)
                report.finish(kind)
        return report


def fail(import_id: str, code: str) -> None:
    """Record that an archive could not be imported, and delete it. Idempotent."""
    files.remove(import_id)
    changes = {"status": store.FAILED, "error": code, "has_file": False, "finished_at": store.now()}
    store.update_import(import_id, changes, ends=True)


def _finish(user: User, document: store.ImportDoc) -> None:
    changes: dict[str, object] = {"status": store.DONE, "progress": 1.0, "finished_at": store.now()}
    if not document["is_dry"]:
        files.remove(document["_id"])
        changes["has_file"] = False
    if store.update_import(document["_id"], changes, ends=True) and not document["is_dry"]:
        enqueue_mail("import_done", user, source=sources.NAMES[document["source"]])


def _total(container: Container) -> int:
    """Return how much work an archive is: its megabytes, and the kinds."""
    media = sum(container.size(name) or 0 for name in container.names) / MEGABYTE
    return round(media + KIND_SHARE * len(formats.KINDS))


def _write_kind(context: ImportContext, source: Source, kind: str) -> None:
    found = source.read(kind)
    if kind == formats.WATCH_LATER:
        _write_watch_later(context, cast("Iterator[items.PlaylistItem]", found))
        return
    if kind == formats.COMMENTS:
        # A reply comes after what it answers, in whatever order they are.
        found = chain(
            (one for one in source.read(kind) if not getattr(one, "parent", "")),
            (one for one in source.read(kind) if getattr(one, "parent", "")),
        )
    for number, item in enumerate(found):
        if number >= MAX_OBJECTS or (kind == formats.PLAYLISTS and context.items_left <= 0):
            context.report.note(kind, REFUSED, codes.TOO_MANY_OBJECTS)
            return
        _guarded(context, kind, partial(WRITERS[kind], context, item), item)
        context.report.advance(0)


def _write_watch_later(context: ImportContext, found: Iterator[items.PlaylistItem]) -> None:
    while group := list(islice(found, min(lists.BATCH, context.items_left))):
        _guarded(context, formats.WATCH_LATER, partial(lists.write_watch_later, context, group), None)
    if next(found, None) is not None:
        context.report.note(formats.WATCH_LATER, REFUSED, codes.TOO_MANY_OBJECTS)


def _guarded(context: ImportContext, kind: str, write: Callable[[], None], item: items.Item | None) -> None:
    """Write an object; note why it was refused. What is no fault of the object's is raised."""
    said = describe(item)
    if isinstance(item, WITH_ID) and not (said["ref"] and said["title"].strip()):
        context.report.add(kind, REFUSED, codes.UNREADABLE, **said)
        return
    try:
        write()
    except (Postponed, Unavailable, DiskFull):
        raise
    except SiteError as error:
        context.report.add(kind, REFUSED, error.code, detail=error.sentence, **said)
    except BadArchive as error:
        context.report.add(kind, REFUSED, error.code, **said)
    except (IntegrityError, DuplicateKeyError):  # created at this moment by another request
        context.report.add(kind, PRESENT)
    except (ValueError, OverflowError) as error:
        logger.warning("an import's object cannot be read: %s", error.__class__.__name__)
        context.report.add(kind, REFUSED, codes.UNREADABLE, **said)


def describe(item: items.Item | None) -> dict[str, str]:
    """Return what a report says of an object: ``ref``, ``title`` and ``url``."""
    if isinstance(item, items.Video):
        return {"ref": item.ref.id, "title": item.ref.title, "url": item.ref.url}
    if isinstance(item, items.Post | items.Comment):
        url = item.target.url if isinstance(item, items.Comment) else ""
        return {"ref": item.id, "title": item.text[:80], "url": url}
    if isinstance(item, items.Watched | items.Reaction | items.PlaylistItem):
        return {"ref": item.video.id, "title": item.video.title, "url": item.video.url}
    title = str(getattr(item, "title", ""))
    return {"ref": str(getattr(item, "id", "")), "title": title, "url": str(getattr(item, "url", ""))}
