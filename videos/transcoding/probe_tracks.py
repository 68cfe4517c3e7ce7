"""Describe the tracks of a file by their headers and a decoded frame. Runs in the confined child (probe_child.py)."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av.sidedata.sidedata
import av.stream
from av.audio.stream import AudioStream
from av.subtitles.stream import SubtitleStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from videos.transcoding.frame_changes import container_crop
from videos.transcoding.probe_report import AudioReport, ChapterReport, Pair, SubtitleReport, VideoReport

if TYPE_CHECKING:  # names in PyAV's stubs only
    from av.container.core import Chapter
    from av.sidedata.sidedata import SideDataContainer

MAX_TEXT = 200
_FIELD_PROGRESSIVE = 1


def codec_name(stream: VideoStream) -> str:
    """Return the name of the track's codec."""
    codec = stream.codec_context.codec if stream.codec_context else None
    return codec.canonical_name if codec else "unknown"


def describe_video(stream: VideoStream) -> VideoReport:
    """Return what the headers say about a video track."""
    context = stream.codec_context
    # Without a decoder (an unlisted codec) most of what the context knows is absent.
    pixel_format = context.format
    depth = max((component.bits for component in pixel_format.components), default=8) if pixel_format else 8
    return {
        "index": stream.index,
        "codec": codec_name(stream),
        "decoder": context.codec.name if context.codec else "",
        "profile": context.profile or "",
        "coded_width": context.width,
        "coded_height": context.height,
        "pix_fmt": context.pix_fmt or "",
        "bit_depth": depth,
        "average_rate": to_pair(stream.average_rate),
        "nominal_rate": to_pair(stream.base_rate),
        "sample_aspect_ratio": to_pair(stream.sample_aspect_ratio),
        "color_transfer": int(context.color_trc),
        "color_space": int(context.colorspace),
        "color_primaries": int(context.color_primaries),
        "interlaced": context.field_order > _FIELD_PROGRESSIVE,
        "rotation": 0,
        "crop": container_crop(stream),
    }


def refine_from_frame(video: VideoReport, frame: VideoFrame) -> None:
    """Update the description with facts that only a decoded frame reveals."""
    video["rotation"] = int(frame.rotation) % 360
    video["interlaced"] = video["interlaced"] or bool(frame.interlaced_frame)
    video["coded_width"], video["coded_height"] = frame.width, frame.height
    if int(frame.color_trc) != 2:
        video["color_transfer"] = int(frame.color_trc)
    if int(frame.colorspace) != 2:
        video["color_space"] = int(frame.colorspace)
    if int(frame.color_primaries) != 2:
        video["color_primaries"] = int(frame.color_primaries)
    video["peak_nits"] = peak_nits(frame)


def peak_nits(frame: VideoFrame) -> float:
    """Return the peak luminance in the frame's metadata, in cd/m²; 0 when unknown.

    The content's peak is preferred to that of the mastering display. The bytes are libavutil's
    AVContentLightMetadata (two unsigned) and AVMasteringDisplayMetadata (ten rationals, the last of them the
    maximum luminance, then two flags).
    """
    kinds = av.sidedata.sidedata.Type
    content = side_data(frame, kinds.CONTENT_LIGHT_LEVEL)
    if len(content) >= 8 and (brightest := struct.unpack_from("<2I", content)[0]):
        return float(brightest)
    mastering = side_data(frame, kinds.MASTERING_DISPLAY_METADATA)
    if len(mastering) >= 88:
        *_, numerator, denominator, _, has_luminance = struct.unpack_from("<22i", mastering)
        if has_luminance and denominator > 0:
            return max(float(numerator) / float(denominator), 0.0)
    return 0.0


def side_data(frame: VideoFrame, kind: av.sidedata.sidedata.Type) -> bytes:
    """Return the frame's side data of this kind, empty when it has none."""
    # The stub names another class than the container that PyAV returns.
    found = cast("SideDataContainer", frame.side_data).get(kind)
    return bytes(found) if found is not None else b""


def describe_audio(stream: AudioStream) -> AudioReport:
    """Return what the headers say about an audio track."""
    context = stream.codec_context
    return {
        "index": stream.index,
        "codec": context.codec.canonical_name if context and context.codec else "unknown",
        "decoder": context.codec.name if context and context.codec else "",
        "channels": context.channels if context else 0,
        "sample_rate": context.sample_rate if context else 0,
        "language": text(stream.metadata.get("language")),
        "title": text(stream.metadata.get("title")),
        "is_default": bool(stream.disposition & av.stream.Disposition.default),
    }


def describe_subtitle(stream: SubtitleStream) -> SubtitleReport:
    """Return what the headers say about a subtitle track."""
    context = stream.codec_context
    codec = context.codec.canonical_name if context and context.codec else "unknown"
    is_set = av.stream.Disposition
    return {
        "index": stream.index,
        "codec": codec,
        "language": text(stream.metadata.get("language")),
        # MP4 calls the title of a track its name.
        "title": text(stream.metadata.get("title") or stream.metadata.get("name")),
        "is_forced": bool(stream.disposition & is_set.forced),
        "is_for_deaf": bool(stream.disposition & (is_set.hearing_impaired | is_set.captions)),
        "is_description": bool(stream.disposition & (is_set.descriptions | is_set.visual_impaired)),
    }


def describe_chapter(chapter: Chapter) -> ChapterReport:
    """Return the chapter's start and end in seconds, and its title."""
    base = chapter["time_base"] or 1
    title = text(chapter["metadata"].get("title"))
    return {"start": float(chapter["start"] * base), "end": float(chapter["end"] * base), "title": title}


def to_pair(value: Fraction | None) -> Pair | None:
    """Return numerator and denominator of a positive fraction, otherwise `None`."""
    return [value.numerator, value.denominator] if value and value > 0 else None


def text(value: str | None) -> str:
    """Return the printable characters of a metadata value, at most MAX_TEXT."""
    return "".join(character for character in (value or "") if character.isprintable())[:MAX_TEXT]
