"""HLS manifests composed on request: the master playlist with the present caption tracks, and their playlists.

A ladder is encoded once; captions come, change and go afterwards, and outlive it. So the master playlist on disk (or in
the bucket) names pictures and sound only, and this module adds a group of subtitles. Their playlists and WebVTT files
are served as ``subtitles/<revision>.m3u8`` and ``.vtt`` below the generation, so that one media token opens all.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from streamsite import files
from streamsite.cache_headers import CachePolicy
from streamsite.caching import cached
from streamsite.errors import Absent
from videos import language_names
from videos.captions import services
from videos.files import bucket, bucket_delivery, paths
from videos.files.urls import MASTER
from videos.models import Caption
from videos.models.caption import CaptionKind
from videos.transcoding.master_playlist import parse_attributes

SUBTITLES = re.compile(r"\Asubtitles/([A-Za-z0-9_-]{1,16})\.(m3u8|vtt)\Z")
GROUP = "subtitles"
FORCED = "forced"
SDH = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"
TIMESTAMP_MAP = "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0"
ORIGINAL = "Original"
# The number that makes equal names of tracks differ.
NUMBER = re.compile(r" \(\d+\)\Z")
MAX_CACHED = 10_000


@dataclass(frozen=True)
class Ladder:
    """The generation that is served, and what its video's row says: ``duration`` in seconds, ``language`` may be ""."""

    video_id: str
    generation: str
    stored_generation: str
    duration: float
    language: str


@dataclass(frozen=True)
class Track:
    """A caption track in a master playlist. ``size`` is that of its WebVTT file in bytes."""

    revision: str
    language: str
    label: str
    kind: str
    size: int


def is_composed(name: str) -> bool:
    """Return whether a file of this name is composed here instead of read from the generation."""
    return name == MASTER or bool(SUBTITLES.match(name))


def send_manifest(
    request: HttpRequest, ladder: Ladder, name: str, *, content_type: str, cache: CachePolicy
) -> HttpResponseBase:
    """Send a composed manifest. ``Absent`` when there is none, ``BucketUnavailable`` while nobody knows.

    A master playlist asked for with ``?subtitles=none`` names none: for pages that show captions themselves.
    """
    wanted = SUBTITLES.match(name)
    if wanted is None:
        content, modified = _read_master(ladder)
        tracks = [] if request.GET.get("subtitles") == "none" else _tracks(ladder.video_id)
        content = compose(content, tracks, language=ladder.language, duration=ladder.duration)
    else:
        path = _caption_path(ladder.video_id, wanted[1])
        try:
            content, modified = path.read_text(encoding="utf-8"), path.stat().st_mtime
        except OSError:
            raise Absent from None
        content = (
            with_timestamp_map(content)
            if wanted[2] == "vtt"
            else subtitle_playlist(wanted[1], ladder.duration)
        )
    body = content.encode()
    facts = files.ContentFacts(len(body), f'"{hashlib.sha256(body).hexdigest()[:24]}"', modified)
    return files.send_content(request, body, facts, content_type=content_type, cache=cache)


def clear_cache() -> None:
    """Forget the captions that this process knows."""
    _tracks.clear()


def compose(master: str, tracks: list[Track], *, language: str, duration: float) -> str:
    """Return the master playlist ``master`` with a group of subtitles and with names and languages for its sound.

    Playlists of former versions name sounds by codes of media files; they are read as today's.
    """
    lines = master.splitlines()
    sounds = [line for line in lines if line.startswith("#EXT-X-MEDIA:")]
    composed = [*_sound_lines(sounds, language), *_subtitle_lines(tracks)]
    extra = max((math.ceil(8 * track.size / max(duration, 1)) for track in tracks), default=0)
    result = []
    for line in lines:
        if line.startswith("#EXT-X-MEDIA:"):
            continue
        if line.startswith(("#EXT-X-STREAM-INF:", "#EXT-X-I-FRAME-STREAM-INF:")):
            result += composed
            composed = []
        result.append(_variant_line(line, extra, has_subtitles=bool(tracks)))
    return "\n".join(result) + "\n"


def subtitle_playlist(revision: str, duration: float) -> str:
    """Return the media playlist of a caption track: one segment, as long as the video."""
    seconds = max(duration, 0.001)
    return (
        "#EXTM3U\n#EXT-X-VERSION:7\n"
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(seconds))}\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        f"#EXTINF:{seconds:.3f},\n{revision}.vtt\n#EXT-X-ENDLIST\n"
    )


def with_timestamp_map(content: str) -> str:
    """Return a WebVTT file that says, as HLS asks, that its times are the video's."""
    first, _, rest = content.partition("\n")
    return f"{first}\n{TIMESTAMP_MAP}\n{rest}"


def _sound_lines(lines: list[str], language: str) -> list[str]:
    """Return audio tracks with RFC 5646 tags and names; an untagged default track gets the video's language."""
    sounds = [parse_attributes(line.partition(":")[2]) for line in lines]
    used: set[str] = set()
    for sound in sounds:
        code = sound.get("LANGUAGE", "").strip('"')
        name = NUMBER.sub("", sound["NAME"].strip('"'))
        tag = language_names.normalize_tag(code)
        if not tag and sound.get("DEFAULT") == "YES":
            tag = language
        if tag and name in {code, ORIGINAL}:
            name = language_names.language_name(tag)
        elif name == code:
            name = ORIGINAL
        sound.pop("LANGUAGE", None)
        sound["NAME"] = _unique_name(name, used)
        if tag:
            sound["LANGUAGE"] = _quoted(tag)
    return [_media_line(sound) for sound in sounds]


def _subtitle_lines(tracks: Iterable[Track]) -> list[str]:
    lines = []
    names: set[str] = set()
    automatic: set[tuple[str, str]] = set()
    for track in tracks:
        tag = language_names.normalize_tag(track.language)
        # Of tracks that differ in nothing but their name, players may choose one by themselves.
        selects = track.kind != CaptionKind.DESCRIPTIONS and (tag, track.kind) not in automatic
        automatic.add((tag, track.kind))
        line = {
            "TYPE": "SUBTITLES",
            "GROUP-ID": _quoted(GROUP),
            "NAME": _unique_name(track.label, names),
            **({"LANGUAGE": _quoted(tag)} if tag else {}),
            "DEFAULT": "NO",
            "AUTOSELECT": "YES" if selects else "NO",
            "FORCED": "YES" if track.kind == FORCED else "NO",
            **({"CHARACTERISTICS": _quoted(SDH)} if track.kind == CaptionKind.CAPTIONS else {}),
            "URI": _quoted(f"subtitles/{track.revision}.m3u8"),
        }
        lines.append(_media_line(line))
    return lines


def _variant_line(line: str, extra: int, *, has_subtitles: bool) -> str:
    """Return a variant with its subtitles: the group, and the bit rate that reading them adds."""
    tag, _, values = line.partition(":")
    if tag != "#EXT-X-STREAM-INF":
        return line
    variant = parse_attributes(values)
    if has_subtitles:
        for rate in ("BANDWIDTH", "AVERAGE-BANDWIDTH"):
            if rate in variant:
                variant[rate] = str(int(variant[rate]) + extra)
        variant["SUBTITLES"] = _quoted(GROUP)
    variant["CLOSED-CAPTIONS"] = "NONE"
    return f"{tag}:{_joined(variant)}"


def _media_line(values: dict[str, str]) -> str:
    return f"#EXT-X-MEDIA:{_joined(values)}"


def _joined(values: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items())


def _unique_name(name: str, used: set[str]) -> str:
    """Return ``name`` as a quoted string, with a number where ``used`` has it; add it there (RFC 8216, 4.3.4.1.1)."""
    candidates = (_quoted(name if number == 1 else f"{name} ({number})") for number in count(1))
    unique = next(candidate for candidate in candidates if candidate not in used)
    used.add(unique)
    return unique


def _quoted(text: str) -> str:
    """Return a quoted string, without the quotation marks and line breaks that RFC 8216 (4.2) forbids."""
    plain = " ".join(text.split()).replace('"', "'")
    return f'"{plain}"'


def _read_master(ladder: Ladder) -> tuple[str, float]:
    """Return the text of the stored master playlist, and when it was written."""
    try:
        if bucket.is_stored(ladder.stored_generation, ladder.generation):
            folder = bucket.folder_name(ladder.video_id, ladder.stored_generation)
            content, facts = bucket_delivery.read_object(folder, MASTER)
            return content.decode(errors="replace"), facts.modified
        path = paths.generation_dir(ladder.video_id, ladder.generation) / MASTER
        return path.read_text(encoding="utf-8", errors="replace"), path.stat().st_mtime
    except FileNotFoundError:
        raise Absent from None


@cached(seconds=lambda _: settings.MEDIA_STATE_CACHE_SECONDS, max_entries=MAX_CACHED)
def _tracks(video_id: str) -> list[Track]:
    """Return the caption tracks of a video, read at most every ``MEDIA_STATE_CACHE_SECONDS``."""
    return [track for caption in services.list_tracks(video_id) if (track := _track(caption))]


def _track(caption: Caption) -> Track | None:
    try:
        size = services.track_path(caption).stat().st_size
    except OSError:
        return None
    return Track(caption.revision, caption.language, caption.label, caption.kind, size)


def _caption_path(video_id: str, revision: str) -> Path:
    return paths.extras_dir(video_id) / services.revision_file_name(revision)
