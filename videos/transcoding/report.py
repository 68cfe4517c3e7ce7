"""What processing did with an uploaded file, in sentences for its owner. Pure.

A new note is a function that yields notes, and its place in ``NOTES``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .filters import can_tone_map
from .ladder import LONGER_SOUND_SECONDS, MAX_FRAME_RATE, LadderPlan
from .probe import SourceInfo
from .subtitles import BITMAP_CODECS, MAX_TRACKS, TEXT_CODECS

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
    """``code`` is stable and for programs; ``detail`` is one sentence in plain words."""

    code: str
    detail: str


@dataclass(frozen=True)
class Outcome:
    """What the pipeline knows beyond file and plan.

    ``unusable_subtitles`` are the indexes of text tracks that could not be read or held no text; ``chapters`` is the
    number of chapters taken from the file.
    """

    unusable_subtitles: tuple[int, ...] = ()
    chapters: int = 0


def report(info: SourceInfo, plan: LadderPlan, outcome: Outcome) -> list[dict[str, str]]:
    """Return the notes as ``[{"code": ..., "detail": ...}]``, in the order in which they are shown."""
    notes = [note for make in NOTES for note in make(info, plan, outcome)]
    return [{"code": note.code, "detail": note.detail} for note in notes]


def _picture(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    top = plan.renditions[0]
    if info.is_audio_only:
        yield Note("picture_drawn", "The file has no picture: a moving wave was drawn from the sound.")
    elif plan.copies_top:
        yield Note(
            "copied", f"The picture was kept as it is in {top.width}x{top.height}, without a loss of quality."
        )
    else:
        source = f"{_name(info.video_codec)}, {info.width}x{info.height}"
        yield Note("encoded", f"The picture ({source}) was encoded for the web.")


def _sizes(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    # A rendition of the fallback codec has the size of another one.
    sizes = list(dict.fromkeys(item.name.partition("-")[0] for item in plan.renditions))
    yield Note("sizes", f"Made in {len(sizes)} {'size' if len(sizes) == 1 else 'sizes'}: {_listed(sizes)}.")


def _tone_mapping(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if not info.is_hdr:
        return
    name = {"pq": "HDR10", "hlg": "HLG"}[info.color_transfer]
    if can_tone_map():
        yield Note(
            "tone_mapped", f"High dynamic range ({name}) was converted to standard range (tone mapping)."
        )
    else:
        yield Note(
            "not_tone_mapped",
            f"The file has high dynamic range ({name}), which this server cannot convert: colors may look pale.",
        )


def _deinterlacing(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.interlaced:
        yield Note("deinterlaced", "The picture is interlaced and was deinterlaced.")


def _rotation(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.rotation:
        yield Note(
            "rotated", f"The picture was turned upright, by {info.rotation} degrees, as the file says."
        )


def _pixel_shape(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.sample_aspect_ratio != 1:
        yield Note(
            "pixels_squared",
            f"The file's pixels are not square: the picture was stretched to {info.width}x{info.height}.",
        )


def _frame_rate(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if info.is_audio_only:
        return
    source, rate = info.frame_rate, plan.frame_rate
    if source <= 0:
        why = "because the file does not state its own"
    elif abs(source - rate) <= rate / 100:
        why = "as in the file"
    elif source > MAX_FRAME_RATE and rate < source:
        why = f"instead of {_rate(source)}: {MAX_FRAME_RATE} is the most here"
    elif info.interlaced and abs(2 * source - rate) <= rate / 100:
        why = "one for each field of the interlaced picture"
    else:
        why = f"which fits the file's timing best: it varies around {_rate(source)}"
    yield Note("frame_rate", f"Plays at {_rate(rate)} frames per second, {why}.")


def _held_picture(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    if plan.held_seconds > LONGER_SOUND_SECONDS:
        yield Note(
            "picture_held",
            f"The sound is {plan.held_seconds:.1f} seconds longer than the picture, whose last frame stays on.",
        )


def _sound(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if not info.audio:
        yield Note("silent", "The file has no sound.")
        return
    kept = {sound.index for sound in plan.sounds}
    lost = [track for track in info.audio if track.index not in kept]
    if not kept:
        names = _listed(sorted({_name(track.codec) for track in lost}))
        yield Note("sound_undecodable", f"The sound ({names}) cannot be decoded here: the video is silent.")
    elif lost:
        names = _counted([_name(track.codec) for track in lost])
        yield Note("sound_left_out", f"Sound tracks that were left out: {names}.")
    if len(kept) > 1:
        yield Note("sound_tracks", f"{len(kept)} sound tracks can be chosen in the player.")


def _gain(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    gain = plan.sounds[0].gain_db if plan.sounds else 0.0
    if abs(gain) >= 0.05:
        yield Note("gain", f"The sound was made {abs(gain):.1f} dB {'louder' if gain > 0 else 'quieter'}.")


def _subtitles(info: SourceInfo, _: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    text = [track for track in info.subtitles if track.codec in TEXT_CODECS]
    lost = {track.index for track in text[MAX_TRACKS:]}
    kept = [track for track in text[:MAX_TRACKS] if track.index not in outcome.unusable_subtitles]
    if kept:
        tracks = "1 subtitle track" if len(kept) == 1 else f"{len(kept)} subtitle tracks"
        yield Note("subtitles_imported", f"{tracks} of the file can be chosen in the player.")
    bitmaps = [track for track in info.subtitles if track.codec in BITMAP_CODECS]
    if bitmaps:
        names = _counted([_described(track.codec, track.language) for track in bitmaps])
        yield Note(
            "bitmap_subtitles_left_out",
            f"Subtitles that are pictures, not text, were left out: {names}. Add them as a caption file.",
        )
    others = [t for t in info.subtitles if t.codec not in TEXT_CODECS | BITMAP_CODECS]
    if others:
        names = _counted([_described(track.codec, track.language) for track in others])
        yield Note("subtitles_left_out", f"Subtitles of a kind that cannot be read were left out: {names}.")
    unusable = [t for t in text if t.index in outcome.unusable_subtitles or t.index in lost]
    if unusable:
        names = _counted([_described(track.codec, track.language) for track in unusable])
        yield Note("subtitles_unreadable", f"Subtitles without readable text were left out: {names}.")


def _chapters(_: SourceInfo, __: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    if outcome.chapters:
        yield Note("chapters_imported", f"{outcome.chapters} chapters were taken from the file.")


NOTES: tuple[Callable[[SourceInfo, LadderPlan, Outcome], Iterator[Note]], ...] = (
    _picture,
    _sizes,
    _tone_mapping,
    _deinterlacing,
    _rotation,
    _pixel_shape,
    _frame_rate,
    _held_picture,
    _sound,
    _gain,
    _subtitles,
    _chapters,
)


def _name(codec: str) -> str:
    return CODEC_NAMES.get(codec, codec.upper())


def _described(codec: str, language: str) -> str:
    return f"{_name(codec)} ({language})" if language and language != "und" else _name(codec)


def _counted(names: list[str]) -> str:
    """Return ``PGS (eng), 2 x PGS``: every name once, with its number."""
    return _listed([name if count == 1 else f"{count} x {name}" for name, count in Counter(names).items()])


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _rate(rate: Fraction) -> str:
    return f"{float(rate):.2f}".rstrip("0").rstrip(".")
