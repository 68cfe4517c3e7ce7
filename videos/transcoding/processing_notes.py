"""Describe to its owner, in sentences, how an uploaded file was processed. Pure.

To add a note, write a function that yields notes and add it to ``NOTES``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from videos import language_names
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
# Why a track in the ladder's own codec was encoded all the same; see ladder.COPY_OBSTACLES.
COPY_OBSTACLE_REASONS = {
    "container": "because this file format can't be copied",
    "unread": "because it couldn't be checked frame by frame in time",
    "color": "because its color format doesn't play everywhere",
    "shape": "because its shape or size needed to change",
    "changes": "because its picture changes midway",
    "cut": "because the file hides some of its frames",
    "open_gop": "because its key frames depend on other frames",
    "rate": "because its frames are unevenly spaced",
    "bitrate": "because its bit rate is too high for streaming",
    "key_frames": "because its key frames are too far apart or in the wrong places",
    "longer_sound": "because the audio is longer than the video",
}


@dataclass(frozen=True)
class Note:
    """A note: ``code`` is stable and for programs; ``detail`` is one plain sentence."""

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
        yield Note(
            "cover_shown", "The file has no video, so its cover art is shown beside a waveform of its audio."
        )
    elif info.is_audio_only:
        yield Note("picture_drawn", "The file has no video, so a waveform was drawn from its audio.")
    elif plan.copies_top:
        yield Note("copied", f"Video copied without re-encoding at {top.width}x{top.height}.")
    else:
        source = f"{_name(info.video_codec)}, {info.width}x{info.height}"
        why = COPY_OBSTACLE_REASONS.get(plan.copy_obstacle, "")
        yield Note("encoded", f"Video encoded from {source}{', ' if why else ''}{why}.")


def _sizes(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    # A rendition of the fallback codec has the size of another one.
    sizes = list(dict.fromkeys(item.name.partition("-")[0] for item in plan.renditions))
    yield Note("sizes", f"Available in {_number(len(sizes), 'size')}: {_join_names(sizes)}.")


def _other_videos(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if names := _count_names([_name(codec) for codec in info.other_videos]):
        yield Note("video_left_out", f"Only one video track can be played. Left out: {names}.")


def _tone_mapping(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if not info.is_hdr:
        return
    name = {"pq": "HDR10", "hlg": "HLG"}[info.color_transfer]
    if can_tone_map():
        yield Note("tone_mapped", f"HDR ({name}) converted to standard dynamic range (tone mapping).")
    else:
        yield Note(
            "not_tone_mapped", f"This server can't convert HDR ({name}), so colors may look washed out."
        )


def _deinterlacing(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.interlaced:
        yield Note("deinterlaced", "Interlaced video deinterlaced.")


def _rotation(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.rotation:
        yield Note("rotated", f"Video rotated by {info.rotation} degrees, as set in the file.")


def _pixel_shape(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.sample_aspect_ratio != 1:
        yield Note("pixels_squared", f"Non-square pixels scaled to a picture of {info.width}x{info.height}.")


def _cropping(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    sides = zip(("top", "bottom", "left", "right"), info.crop, strict=True)
    if names := [f"{pixels} at the {side}" for side, pixels in sides if pixels]:
        yield Note("cropped", f"Cropped the pixels that the file marks as hidden: {_join_names(names)}.")


def _size_changes(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if info.picture_sizes and not info.is_audio_only:
        top = plan.renditions[0]
        sizes = _join_names([f"{width}x{height}" for width, height in info.picture_sizes])
        yield Note(
            "size_changes",
            f"The picture size changes midway ({sizes}). It is fitted into {top.width}x{top.height} throughout.",
        )


def _clock(info: SourceInfo, _: LadderPlan, __: Outcome) -> Iterator[Note]:
    if info.clock_jumps:
        times = "once" if info.clock_jumps == 1 else f"{info.clock_jumps} times"
        yield Note(
            "clock_mended", f"The recording's timestamps jump {times}. The parts were joined without gaps."
        )


def _frame_rate(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if info.is_audio_only:
        return
    source, rate = info.frame_rate, plan.frame_rate
    if source <= 0:
        why = "because the file doesn't state its frame rate"
    elif abs(source - rate) <= rate / 100:
        why = "as in the file"
    elif info.interlaced and abs(2 * source - rate) <= rate / 100:
        why = "one for each field of the interlaced video"
    elif source > MAX_FRAME_RATE and rate < source:
        why = f"reduced from {_rate(source)} because {MAX_FRAME_RATE} is the limit"
    else:
        why = f"which fits the file's varying frame rate (average {_rate(source)})"
    yield Note("frame_rate", f"Plays at {_rate(rate)} frames per second, {why}.")


def _held_picture(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    if plan.held_seconds > MAX_AUDIO_OVERHANG_SECONDS:
        yield Note(
            "picture_held",
            f"The audio is {plan.held_seconds:.1f} seconds longer than the video, so the last frame stays on.",
        )


def _sound(info: SourceInfo, plan: LadderPlan, _: Outcome) -> Iterator[Note]:
    if not info.audio:
        yield Note("silent", "The file has no audio.")
        return
    kept = {sound.index for sound in plan.sounds}
    lost = _count_names([_name(track.codec) for track in info.audio if track.index not in kept])
    if not kept:
        yield Note("sound_undecodable", f"The audio ({lost}) can't be decoded here, so the video is silent.")
    elif lost:
        yield Note("sound_left_out", f"Audio tracks left out: {lost}.")
    if len(kept) > 1:
        yield Note("sound_tracks", f"{len(kept)} audio tracks are available in the player.")


def _gain(_: SourceInfo, plan: LadderPlan, __: Outcome) -> Iterator[Note]:
    gain = plan.sounds[0].gain_db if plan.sounds else 0.0
    if abs(gain) >= MIN_GAIN_DB:
        yield Note("gain", f"Audio made {abs(gain):.1f} dB {'louder' if gain > 0 else 'quieter'}.")


def _subtitles(info: SourceInfo, _: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    text = [track for track in info.subtitles if track.codec in TEXT_CODECS]
    kept = [track for track in text[:MAX_TRACKS] if track.index not in outcome.unusable_subtitles]
    if kept:
        verb = "is" if len(kept) == 1 else "are"
        tracks = _number(len(kept), "subtitle track")
        yield Note("subtitles_imported", f"{tracks} from the file {verb} available in the player.")
    if names := _tracks(track for track in info.subtitles if track.codec in BITMAP_CODECS):
        advice = "Upload them as a text file instead."
        yield Note("bitmap_subtitles_left_out", f"Image-based subtitles left out: {names}. {advice}")
    if names := _tracks(t for t in info.subtitles if t.codec not in TEXT_CODECS | BITMAP_CODECS):
        yield Note("subtitles_left_out", f"Unsupported subtitles left out: {names}.")
    if names := _tracks(track for track in text if track not in kept):
        yield Note("subtitles_unreadable", f"Subtitles without readable text left out: {names}.")


def _chapters(_: SourceInfo, __: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    if outcome.chapters:
        yield Note("chapters_imported", f"{_number(outcome.chapters, 'chapter')} imported from the file.")


def _sandbox(_: SourceInfo, __: LadderPlan, outcome: Outcome) -> Iterator[Note]:
    if outcome.sandbox is None:
        return
    kinds = {layer.partition(" ")[0] for layer in outcome.sandbox}
    if kinds == {"landlock", "seccomp"}:
        names = "Landlock and seccomp"
        yield Note("sandboxed", f"Processed in a sandbox without network or other files ({names}).")
    elif kinds:
        names = {"landlock": "Landlock, without seccomp", "seccomp": "seccomp, without Landlock"}[kinds.pop()]
        yield Note(
            "partly_sandboxed", f"Processed in a sandbox that this server supports only in part ({names})."
        )
    else:
        yield Note("not_sandboxed", "Processed without a sandbox, which this server does not support.")


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


def _number(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


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
    """Return each name once with its count, such as ``2 x PGS (eng) and VobSub``."""
    return _join_names(
        [name if count == 1 else f"{count} x {name}" for name, count in Counter(names).items()]
    )


def _join_names(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _rate(rate: Fraction) -> str:
    return f"{float(rate):.2f}".rstrip("0").rstrip(".")
