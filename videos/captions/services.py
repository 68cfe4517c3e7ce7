"""Caption tracks of a video: stored as cues in the database, served as clean WebVTT files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite import folding
from streamsite.errors import Absent, Conflict, Invalid, stale_or_absent
from streamsite.ids import object_id
from streamsite.row_limits import RowLimit
from streamsite.sanitize import clean_line
from videos import language_names
from videos.caps import build_caps
from videos.captions import webvtt
from videos.captions.schemas import CueDict
from videos.captions.webvtt import Cue
from videos.files import paths
from videos.models import Caption, Video
from videos.models.caption import FULLEST_FIRST, CaptionKind, CaptionSource
from videos.signals import tracks_changed

UPDATABLE_FIELDS = ("language", "label", "kind", "cues", "revision", "updated_at")
MAX_LABEL = 60
DUPLICATE_DETAIL = gettext_lazy(
    "This video already has subtitles with this language, type, and name. Choose another name."
)


def add_track(
    video: Video,
    cues: list[Cue],
    *,
    language: str,
    label: str = "",
    kind: str = CaptionKind.SUBTITLES,
    source: str = CaptionSource.UPLOADED,
) -> Caption:
    """Add a caption track. Raises ``Conflict`` when the video has one with this language, kind and label."""
    described = clean_description(language=language, label=label, kind=kind)
    caps = _caps(video)
    for cap in caps:
        cap.require_room()
    caption = Caption(video=video, cues=_rows(cues), source=source, **described)
    _write(caption)
    try:
        caption.save(force_insert=True)
    except IntegrityError:
        _remove_file(caption)
        raise Conflict(DUPLICATE_DETAIL) from None
    for cap in caps:
        cap.confirm(lambda: delete_track(caption))
    tracks_changed.send(sender=Caption, video_id=caption.video_id)
    return caption


def _caps(video: Video) -> tuple[RowLimit, RowLimit]:
    of_video, of_user = settings.MAX_CAPTIONS_PER_VIDEO, settings.MAX_CAPTIONS_PER_USER
    return build_caps(
        Caption,
        video,
        per_video=(of_video, _("A video can have up to %(limit)d subtitle tracks.") % {"limit": of_video}),
        per_owner=(
            of_user,
            _("Your videos can have up to %(limit)d subtitle tracks in total. Delete some first.")
            % {"limit": of_user},
        ),
    )


def update_track(
    caption: Caption, *, cues: list[Cue] | None = None, expected_revision: str = "", **described: str
) -> Caption:
    """Change the text or the description of a track. A changed text gets a new URL.

    Raises ``Conflict`` for a name that is taken, ``Absent``, and ``Stale`` when the stored track is not the expected
    revision.
    """
    former = track_path(caption)
    values = {"language": caption.language, "label": caption.label, "kind": caption.kind} | described
    if described.get("language", caption.language) != caption.language and "label" not in described:
        values["label"] = ""
    for name, value in clean_description(**values).items():
        setattr(caption, name, value)
    if cues is not None:
        caption.cues = _rows(cues)
    caption.revision = object_id()
    caption.updated_at = timezone.now()
    _write(caption)
    changed = {name: getattr(caption, name) for name in UPDATABLE_FIELDS}
    rows = Caption.objects.filter(pk=caption.pk)
    if expected_revision:
        rows = rows.filter(revision=expected_revision)
    try:
        is_there = rows.update(**changed)
    except IntegrityError:
        _remove_file(caption)
        raise Conflict(DUPLICATE_DETAIL) from None
    if not is_there:
        _remove_file(caption)
        raise stale_or_absent(Caption.objects.filter(pk=caption.pk))
    former.unlink(missing_ok=True)
    tracks_changed.send(sender=Caption, video_id=caption.video_id)
    return caption


def delete_track(caption: Caption) -> None:
    """Delete the track and its file."""
    Caption.objects.filter(pk=caption.pk).delete()
    _remove_file(caption)
    tracks_changed.send(sender=Caption, video_id=caption.video_id)


def list_tracks(video_id: str) -> list[Caption]:
    """Return the tracks of a video in menu order, without their text."""
    return sort_tracks(Caption.objects.filter(video_id=video_id).defer("cues"))


def tracks_of(video_ids: Collection[str]) -> dict[str, list[Caption]]:
    """Return the tracks of several videos by video, in menu order, without their text. Without ids nothing is read."""
    found: dict[str, list[Caption]] = {}
    if video_ids:
        for track in sort_tracks(Caption.objects.filter(video_id__in=video_ids).defer("cues")):
            found.setdefault(track.video_id, []).append(track)
    return found


def sort_tracks(tracks: Iterable[Caption]) -> list[Caption]:
    """Return the tracks in menu order; forced tracks come last."""
    return sorted(
        tracks,
        key=lambda caption: (caption.kind == CaptionKind.FORCED, caption.label.casefold(), caption.kind),
    )


def fullest_track(tracks: Iterable[Caption], language: str) -> Caption | None:
    """Return the most complete track, in ``language`` if there is one; ``None`` without tracks."""

    def rank(caption: Caption) -> tuple[bool, bool, int]:
        is_partial = caption.kind == CaptionKind.FORCED
        return (
            is_partial,
            not language_names.is_same_language(caption.language, language),
            FULLEST_FIRST.index(caption.kind),
        )

    return min(tracks, key=rank, default=None)


def get_track(video: Video, caption_id: str) -> Caption:
    """Return one track of the video. Raises ``Absent``."""
    caption = Caption.objects.filter(pk=caption_id, video=video).first()
    if caption is None:
        raise Absent
    return caption


def build_transcript(
    video: Video, *, language: str = "", track_id: str = "", words: str = ""
) -> tuple[Caption | None, list[CueDict]]:
    """Return a track and its cues as plain text, ``[{"start": seconds, "end": seconds, "text": str}]``.

    The track is the one with ``track_id``, else one in ``language``, else one in the video's own language, else
    any. With ``words``, only cues that contain all of them are returned, ignoring case and accents.
    """
    tracks = list_tracks(video.pk)
    if track_id:
        tracks = [track for track in tracks if track.pk == track_id]
    elif language:
        tracks = [track for track in tracks if language_names.is_same_language(track.language, language)]
    chosen = fullest_track(tracks, language or video.language)
    if chosen is None:
        return None, []
    sought = [
        re.compile(folding.accent_insensitive_pattern("".join(found)), re.IGNORECASE)
        for found in _folded(words)
    ]
    lines: Iterator[CueDict] = (
        {"start": start, "end": end, "text": webvtt.plain_text(text)}
        for start, end, text in Caption.objects.values_list("cues", flat=True).get(pk=chosen.pk)
    )
    return chosen, [line for line in lines if all(word.search(line["text"]) for word in sought)]


def _folded(words: str) -> list[list[str]]:
    """Return the folded parts of each typed word; words of punctuation alone are ignored."""
    return [found for word in words.split() if (found := folding.words(word))]


def track_path(caption: Caption) -> Path:
    """Return the path of the served file."""
    return paths.extras_dir(caption.video_id) / track_file_name(caption)


def track_file_name(caption: Caption) -> str:
    """Return the name of the served file, which changes with every revision."""
    return revision_file_name(caption.revision)


def revision_file_name(revision: str) -> str:
    """Return the file name of a revision, relative to the video's extras folder."""
    return f"captions/{revision}.vtt"


def clean_description(*, language: str, label: str, kind: str) -> dict[str, str]:
    """Return language, label (by default the language's name) and kind as they are stored. Raises ``Invalid``."""
    problems: dict[str, list[str]] = {}
    try:
        tag = language_names.clean_language(
            language_names.canonical_tag(language) if isinstance(language, str) else language
        )
    except ValueError as error:
        tag, problems["language"] = "", [str(error)]
    if not tag and not problems:
        problems["language"] = [_("Select a language.")]
    if kind not in CaptionKind.values:
        problems["kind"] = [_("Choose one of: %(values)s.") % {"values": ", ".join(CaptionKind.values)}]
    name = clean_line(label) if isinstance(label, str) else ""
    if len(name) > MAX_LABEL:
        problems["label"] = [_("Use up to %(limit)d characters.") % {"limit": MAX_LABEL}]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return {"language": tag, "label": name or language_names.language_name(tag), "kind": kind}


def _rows(cues: list[Cue]) -> list[list[object]]:
    return [[cue.start, cue.end, cue.text] for cue in cues]


def _write(caption: Caption) -> None:
    paths.write_extra(track_path(caption), webvtt.write([Cue(*row) for row in caption.cues]).encode())


def _remove_file(caption: Caption) -> None:
    track_path(caption).unlink(missing_ok=True)
