"""Videos: their files go the way of every upload, through its checks, quotas and the sandbox of decoders."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from accounts.email_verification import EmailNotVerified
from accounts.registration import upload_rights
from streamsite.errors import Conflict, Invalid, SiteError
from streamsite.space.reservations import hold_space
from streamsite.visibility import Visibility, is_listed
from takeout import formats
from takeout.imports import codes, items, values
from takeout.imports.context import VIDEO, ImportContext
from takeout.imports.errors import BadArchive
from takeout.imports.report import CHANGED, MISSING, NEW, PRESENT, REFUSED
from videos import quota, services, strikes, tasks, thumbnails
from videos.captions import services as captions
from videos.captions import webvtt
from videos.metadata import clean_metadata
from videos.models import Video
from videos.models.caption import CaptionKind

KIND = formats.VIDEOS
MAX_CAPTION_BYTES, MAX_IMAGE_BYTES, MAX_CAPTIONS = 8 * 1024**2, 10 * 1024**2, 100
LONGEST = {"title": 120, "description": 5_000}
MEGABYTE = 1024**2


def write(context: ImportContext, item: items.Video) -> None:
    """Import a video with its captions and thumbnail; one that is here gets what is missing."""
    said = _said(item)
    present = context.find_own_video(item.ref.id)
    if present is not None:
        context.report.add(KIND, PRESENT)
        if not context.is_dry and present.pk == context.derived_id(VIDEO, item.ref.id):
            _add_details(context, item, present)
        return
    size = context.container.size(item.media) if item.media else None
    if item.problem or size is None:
        context.report.add(
            KIND, MISSING if not item.problem else REFUSED, item.problem or codes.NO_MEDIA, **said
        )
        return
    if item.media in context.used_media:
        context.report.add(KIND, REFUSED, codes.USED_TWICE, **said)
        return
    if context.videos_left <= 0:
        context.report.add(KIND, REFUSED, codes.TOO_MANY_OBJECTS, **said)
        return
    services.require_valid_size(size)
    upload_rights.require_may_upload(context.user)
    strikes.require_may_publish(context.user)
    fields = _clean_fields(context, item)
    context.used_media.add(item.media)
    context.videos_left -= 1
    if context.is_dry:
        quota.require_quota(context.user, more=context.planned_bytes + size)
        context.planned.add(item.ref.id)
        context.planned_bytes += size
        context.report.add(KIND, NEW)
        return
    video = _create(context, item, fields, size)
    context.report.add(KIND, NEW)
    _add_details(context, item, video)


def _create(context: ImportContext, item: items.Video, fields: dict[str, object], size: int) -> Video:
    """Copy the file out of the archive and create the video. Raises ``SiteError`` or ``BadArchive``."""
    quota.require_quota(context.user, more=size)
    path = Path(settings.FILE_UPLOAD_TEMP_DIR) / f"import.{secrets.token_hex(8)}.upload"
    try:
        with hold_space(size, written=lambda: path.stat().st_size):
            digest = _copy(context, item.media, path)
            if item.sha256 and item.sha256 != digest:
                raise BadArchive(codes.DAMAGED, item.media)
            return _store(context, item, fields, size, path, digest)
    finally:
        path.unlink(missing_ok=True)


def _store(
    context: ImportContext, item: items.Video, fields: dict[str, object], size: int, path: Path, digest: str
) -> Video:
    published = values.possible(item.published_at) if is_listed(str(fields.get("visibility", ""))) else None

    def create(data: dict[str, object]) -> Video:
        return services.create_from_upload(
            context.user,
            path,
            filename=item.file_name or item.media.rpartition("/")[2],
            size=size,
            data=data,
            enqueue=tasks.enqueue_processing,
            sha256=digest,
            video_id=context.derived_id(VIDEO, item.ref.id),
            created_at=context.moment(item.created_at, KIND, item.ref.id),
            published_at=published if data.get("visibility") == fields.get("visibility") else None,
        )

    try:
        return create(fields)
    except EmailNotVerified:
        context.report.note(KIND, CHANGED, codes.MADE_PRIVATE, **_said(item))
        return create({**fields, "visibility": Visibility.PRIVATE.value})


def _copy(context: ImportContext, name: str, path: Path) -> str:
    """Write a file of the archive to ``path``; return its SHA-256."""
    digest = hashlib.sha256()
    with path.open("xb") as out:
        for piece in context.container.open(name):
            out.write(piece)
            digest.update(piece)
            context.report.advance(len(piece) / MEGABYTE)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _clean_fields(context: ImportContext, item: items.Video) -> dict[str, object]:
    """Return the fields that are valid here, each by itself; the others are noted."""
    found: dict[str, object] = {}
    for name, raw in item.fields.items():
        value = raw
        if name in LONGEST and isinstance(raw, str) and len(raw) > LONGEST[name]:
            value = values.text(raw, LONGEST[name]) if name == "title" else raw[: LONGEST[name]].strip()
            context.report.note(KIND, CHANGED, codes.SHORTENED, **_said(item), detail="")
        try:
            found.update(clean_metadata({name: value}))
        except Invalid as error:
            context.report.note(KIND, CHANGED, codes.FIELD_LEFT_OUT, **_said(item), detail=error.sentence)
    return found


def _add_details(context: ImportContext, item: items.Video, video: Video) -> None:
    for track in item.captions[:MAX_CAPTIONS]:
        try:
            _add_caption(context, track, video)
        except (SiteError, BadArchive) as error:
            detail = error.sentence if isinstance(error, SiteError) else ""
            context.report.note(KIND, CHANGED, codes.CAPTION_LEFT_OUT, **_said(item), detail=detail)
    if item.thumbnail and len(video.poster) < 2:
        try:
            content = context.texts.read(item.thumbnail, MAX_IMAGE_BYTES)
            thumbnails.set_image(video, io.BytesIO(content))
        except (SiteError, BadArchive):
            context.report.note(KIND, CHANGED, codes.THUMBNAIL_LEFT_OUT, **_said(item))


def _add_caption(context: ImportContext, track: items.CaptionFile, video: Video) -> None:
    content = context.texts.read(track.file, MAX_CAPTION_BYTES)
    cues = webvtt.read_caption_file(content, language=track.language).cues
    kind = track.kind if track.kind in CaptionKind.values else CaptionKind.SUBTITLES.value
    described = {"language": track.language or "und", "label": track.label, "kind": kind}
    cleaned = captions.clean_description(**described)
    if any(
        (one.language, one.label, one.kind) == (cleaned["language"], cleaned["label"], cleaned["kind"])
        for one in captions.list_tracks(video.pk)
    ):
        return
    with suppress(Conflict):  # added at this moment
        captions.add_track(video, cues, **described)


def _said(item: items.Video) -> dict[str, str]:
    return {"ref": item.ref.id, "title": item.ref.title, "url": item.ref.url}
