"""Import the subtitle tracks of an uploaded file as caption tracks of the video."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from streamsite.errors import SiteError
from streamsite.sanitize import clean_line
from videos import language_names
from videos.captions import services, webvtt
from videos.models import Video
from videos.models.caption import CaptionKind, CaptionSource
from videos.transcoding.source_info import SubtitleTrack
from videos.transcoding.subtitles import MAX_FILE_BYTES, ExtractedSubtitles

logger = logging.getLogger("streamsite.captions")

# What titles say where the container has no flags.
_TITLE_KINDS = (
    (CaptionKind.FORCED, re.compile(r"\bforced\b", re.IGNORECASE)),
    (CaptionKind.CAPTIONS, re.compile(r"\b(sdh|cc|closed captions?|hearing[ -]impaired)\b", re.IGNORECASE)),
    (CaptionKind.DESCRIPTIONS, re.compile(r"\baudio descriptions?\b", re.IGNORECASE)),
)
_KIND_NAMES = {
    CaptionKind.CAPTIONS: "SDH",
    CaptionKind.DESCRIPTIONS: "Descriptions",
    CaptionKind.FORCED: "Forced",
}


@dataclass(frozen=True)
class TrackDescription:
    """The language, kind and label that a track of a file gets as a caption track."""

    language: str
    kind: CaptionKind
    label: str


def import_tracks(video: Video, found: list[ExtractedSubtitles]) -> tuple[int, ...]:
    """Store the extracted tracks as captions; return the container indexes of those without usable text.

    A track that the video already has stays as it is, so this can run again.
    """
    unusable = []
    for extracted, described in zip(found, describe_tracks([item.track for item in found]), strict=True):
        try:
            content = extracted.path.read_bytes()
            cues = webvtt.read_caption_file(
                content, language=described.language, max_bytes=MAX_FILE_BYTES
            ).cues
        except SiteError as error:
            logger.info("video %s: subtitles %d: %s", video.pk, extracted.track.index, error)
            unusable.append(extracted.track.index)
            continue
        try:
            services.add_track(
                video,
                cues,
                language=described.language,
                label=described.label,
                kind=described.kind,
                source=CaptionSource.EMBEDDED,
            )
        except SiteError as error:
            logger.info("video %s: subtitles %d not added: %s", video.pk, extracted.track.index, error)
    return tuple(unusable)


def describe_tracks(tracks: Iterable[SubtitleTrack]) -> list[TrackDescription]:
    """Return the language, kind and label of each track. Labels are unique."""
    described: list[TrackDescription] = []
    used: set[str] = set()
    for track in tracks:
        language = _language(track.language)
        kind = track_kind(track)
        label = _unique(_label(language, kind, clean_line(track.title)), used)
        used.add(label)
        described.append(TrackDescription(language, kind, label))
    return described


def _language(code: str) -> str:
    tag = language_names.normalize_tag(code)
    try:
        shorter = tag if len(tag) <= language_names.MAX_LANGUAGE_LENGTH else tag.partition("-")[0]
        return language_names.clean_language(shorter) or language_names.UNDETERMINED
    except ValueError:
        return language_names.UNDETERMINED


def track_kind(track: SubtitleTrack) -> CaptionKind:
    """Return the caption kind of a track by its flags, else by its title."""
    if track.is_forced:
        return CaptionKind.FORCED
    if track.is_for_deaf:
        return CaptionKind.CAPTIONS
    if track.is_description:
        return CaptionKind.DESCRIPTIONS
    return next(
        (kind for kind, pattern in _TITLE_KINDS if pattern.search(track.title)), CaptionKind.SUBTITLES
    )


def _label(language: str, kind: CaptionKind, title: str) -> str:
    """Return the title, preceded by the language's name unless the title contains it."""
    name = language_names.language_name(language)
    note = title or _KIND_NAMES.get(kind, "")
    if not note:
        return name
    if title and (
        language == language_names.UNDETERMINED
        or any(n in title.casefold() for n in language_names.language_names(language))
    ):
        return title
    return f"{name} ({note})"


def _unique(label: str, used: set[str]) -> str:
    """Return the label, cut to its maximum length and numbered when another track has it."""
    candidate, number = label[: services.MAX_LABEL].strip(), 1
    while candidate in used:
        number += 1
        suffix = f" ({number})"
        candidate = label[: services.MAX_LABEL - len(suffix)].strip() + suffix
    return candidate
