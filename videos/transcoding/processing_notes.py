"""Describe to its owner, in sentences, how an uploaded file was processed. Pure.

To add a note, write a function that yields notes and add it to ``NOTES``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from videos import language_names
from videos.transcoding import processing_texts as texts
from videos.transcoding.filters import can_tone_map
from videos.transcoding.ladder import MAX_AUDIO_OVERHANG_SECONDS, MAX_FRAME_RATE, LadderPlan
from videos.transcoding.source_info import SourceInfo, SubtitleTrack
from videos.transcoding.subtitles import BITMAP_CODECS, MAX_TRACKS, TEXT_CODECS

MIN_GAIN_DB = 0.05
CODEC_NAMES = {
    "h264": "H.264",
    "hevc": "H.265 (HEVC)",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4",
    "prores": "ProRes",
    "dnxhd": "DNxHD",
    "mjpeg": "Motion JPEG",
    "dvvideo": "DV",
    "cfhd": "CineForm",
    "rawvideo": "uncompressed video",
    "ac4": "AC-4",
    "hdmv_pgs_subtitle": "PGS",
    "dvd_subtitle": "VobSub",
    "dvb_subtitle": "DVB",
    "eia_608": "CEA-608",
    "dvb_teletext": "teletext",
    "unknown": "unknown",
}


@dataclass(frozen=True)
class Note:
    """A note: ``code`` is stable and for programs; ``detail`` is a sentence of ``processing_texts`` with its values."""

    code: str
    detail: str


@dataclass(frozen=True)
class Outcome:
    """Facts of the processing that are neither in the file nor in the plan.

    ``unusable_subtitles`` are the indexes of text tracks that could not be read or had no text; ``chapters`` is
    the number of chapters taken from the file; ``sandbox`` are the layers that confined the decoders
    (``ffmpeg.sandbox_layers``), ``None`` when unknown.
    """

    unusable_subtitles: tuple[int, ...] = ()
    chapters: int = 0
    sandbox: tuple[str, ...] | None = None


def build_report(info: SourceInfo, plan: LadderPlan, outcome: Outcome) -> list[dict[str, str]]:
    """Return the notes as ``[{"code": ..., "detail": ...}]`` in display order."""
    notes = [note for make in NOTES for note in make(info, plan, outcome)]
    return [{"code": note.code, "detail": note.detail} for note in notes]


def _picture(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    top = plan.renditions[0]
    if info.is_audio_only and info.cover_index >= 0:
        yield Note("cover_shown", texts.COVER_SHOWN)
    elif info.is_audio_only:
        yield Note("picture_drawn", texts.PICTURE_DRAWN)
    elif plan.copies_top:
        yield Note("copied", texts.COPIED % {"width": top.width, "height": top.height})
    else:
        source = {"codec": _name(info.video_codec), "width": info.width, "height": info.height}
        yield Note("encoded", texts.ENCODED.get(plan.copy_obstacle, texts.ENCODED[""]) % source)


def _sizes(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    # A rendition of the fallback codec has the size of another one.
    sizes = list(dict.fromkeys(item.name.partition("-")[0] for item in plan.renditions))
    yield Note("sizes", texts.SIZES % {"sizes": ", ".join(sizes)})


def _other_videos(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if names := _count_names([_name(codec) for codec in info.other_videos]):
        yield Note("video_left_out", texts.VIDEO_LEFT_OUT % {"tracks": names})


def _tone_mapping(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if not info.is_hdr:
        return
    name = {"pq": "HDR10", "hlg": "HLG"}[info.color_transfer]
    if can_tone_map():
        yield Note("tone_mapped", texts.TONE_MAPPED % {"format": name})
    else:
        yield Note("not_tone_mapped", texts.NOT_TONE_MAPPED % {"format": name})


def _deinterlacing(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.interlaced:
        yield Note("deinterlaced", texts.DEINTERLACED)


def _rotation(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.rotation:
        yield Note("rotated", texts.ROTATED % {"degrees": info.rotation})


def _pixel_shape(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.sample_aspect_ratio != 1:
        yield Note("pixels_squared", texts.PIXELS_SQUARED % {"width": info.width, "height": info.height})


def _cropping(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if any(info.crop):
        sides = dict(zip(("top", "bottom", "left", "right"), info.crop, strict=True))
        yield Note("cropped", texts.CROPPED % sides)


def _size_changes(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if info.picture_sizes and not info.is_audio_only:
        top = plan.renditions[0]
        sizes = ", ".join(f"{width}x{height}" for width, height in info.picture_sizes)
        fitted = {"sizes": sizes, "width": top.width, "height": top.height}
        yield Note("size_changes", texts.SIZE_CHANGES % fitted)


def _clock(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.clock_jumps:
        yield Note("clock_mended", texts.CLOCK_MENDED % {"count": info.clock_jumps})


def _frame_rate(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if info.is_audio_only:
        return
    source, rate = info.frame_rate, plan.frame_rate
    if source <= 0:
        sentence = texts.RATE_UNSTATED
    elif abs(source - rate) <= rate / 100:
        sentence = texts.RATE_KEPT
    elif info.interlaced and abs(2 * source - rate) <= rate / 100:
        sentence = texts.RATE_OF_FIELDS
    elif source > MAX_FRAME_RATE and rate < source:
        sentence = texts.RATE_REDUCED
    else:
        sentence = texts.RATE_VARYING
    rates = {"rate": _rate(rate), "source": _rate(source), "limit": MAX_FRAME_RATE}
    yield Note("frame_rate", sentence % rates)


def _held_picture(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    if plan.held_seconds > MAX_AUDIO_OVERHANG_SECONDS:
        yield Note("picture_held", texts.PICTURE_HELD % {"seconds": f"{plan.held_seconds:.1f}"})


def _sound(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if not info.audio:
        yield Note("silent", texts.SILENT)
        return
    kept = {sound.index for sound in plan.sounds}
    lost = _count_names([_name(track.codec) for track in info.audio if track.index not in kept])
    if not kept:
        yield Note("sound_undecodable", texts.SOUND_UNDECODABLE % {"tracks": lost})
    elif lost:
        yield Note("sound_left_out", texts.SOUND_LEFT_OUT % {"tracks": lost})
    if len(kept) > 1:
        yield Note("sound_tracks", texts.SOUND_TRACKS % {"count": len(kept)})


def _gain(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    gain = plan.sounds[0].gain_db if plan.sounds else 0.0
    if abs(gain) >= MIN_GAIN_DB:
        sentence = texts.LOUDER if gain > 0 else texts.QUIETER
        yield Note("gain", sentence % {"gain": f"{abs(gain):.1f}"})


def _subtitles(info: SourceInfo, _: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    text = [track for track in info.subtitles if track.codec in TEXT_CODECS]
    kept = [track for track in text[:MAX_TRACKS] if track.index not in outcome.unusable_subtitles]
    if kept:
        yield Note("subtitles_imported", texts.SUBTITLES_IMPORTED % {"count": len(kept)})
    if names := _tracks(track for track in info.subtitles if track.codec in BITMAP_CODECS):
        yield Note("bitmap_subtitles_left_out", texts.BITMAP_SUBTITLES_LEFT_OUT % {"tracks": names})
    if names := _tracks(t for t in info.subtitles if t.codec not in TEXT_CODECS | BITMAP_CODECS):
        yield Note("subtitles_left_out", texts.SUBTITLES_LEFT_OUT % {"tracks": names})
    if names := _tracks(track for track in text if track not in kept):
        yield Note("subtitles_unreadable", texts.SUBTITLES_UNREADABLE % {"tracks": names})


def _chapters(_: SourceInfo, __: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    if outcome.chapters:
        yield Note("chapters_imported", texts.CHAPTERS_IMPORTED % {"count": outcome.chapters})


def _sandbox(_: SourceInfo, __: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    if outcome.sandbox is None:
        return
    kinds = {layer.partition(" ")[0] for layer in outcome.sandbox}
    if kinds == {"landlock", "seccomp"}:
        yield Note("sandboxed", texts.SANDBOXED)
    elif kinds:
        yield Note("partly_sandboxed", texts.PARTLY_SANDBOXED[kinds.pop()])
    else:
        yield Note("not_sandboxed", texts.NOT_SANDBOXED)


NOTES: tuple[Callable[[SourceInfo, LadderPlan, Outcome], Iterator[Note]], ...] = (
    _picture,
    _sizes,
    _other_videos,
    _tone_mapping,
    _deinterlacing,
    _rotation,
    _pixel_shape,
    _cropping,
    _size_changes,
    _frame_rate,
    _clock,
    _held_picture,
    _sound,
    _gain,
    _subtitles,
    _chapters,
    _sandbox,
)


def _name(codec: str) -> str:
    return CODEC_NAMES.get(codec, codec.upper())


def _tracks(tracks: Iterable[SubtitleTrack]) -> str:
    """Return the kinds and languages of tracks, "" for none."""
    return _count_names(
        [
            f"{_name(track.codec)} ({track.language})"
            if language_names.normalize_tag(track.language)
            else _name(track.codec)
            for track in tracks
        ]
    )


def _count_names(names: list[str]) -> str:
    """Return each name once with its count, such as ``2 x PGS (eng), VobSub``."""
    return ", ".join(name if count == 1 else f"{count} x {name}" for name, count in Counter(names).items())


def _rate(rate: Fraction) -> str:
    return f"{float(rate):.2f}".rstrip("0").rstrip(".")
