"""Decide whether an uploaded file can become a stream. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from videos.transcoding.errors import TooLarge, UnreadableMedia, UnsupportedMedia
from videos.transcoding.ffmpeg import MIB
from videos.transcoding.sniff import EMPTY_DETAIL, GIF, IMAGE_DETAIL, SUPPORTED_FORMATS
from videos.transcoding.source_info import KNOWN_DECODERS, SourceInfo

DAMAGED_DETAIL = (
    "The file is damaged or incomplete: its video cannot be read. Check that it plays on your device, "
    "then upload it again or export it again as MP4."
)


NO_VIDEO_DETAIL = f"The file contains no video or audio. {SUPPORTED_FORMATS}"


EXPORT_ADVICE = "Export it as MP4 with H.264 video and AAC audio, and upload that file."


@dataclass(frozen=True)
class UploadLimits:
    """Limits of an upload: seconds, pixels per frame, frames per second, bytes, tracks."""

    max_bytes: int = 64 * 1024 * MIB
    max_seconds: float = 12 * 3600
    max_pixels: int = 4096 * 4096
    max_side: int = 8192
    min_side: int = 16
    max_frame_rate: int = 240
    max_tracks: int = 64
    min_seconds: float = 0.01
    # A recorder's header may be wrong by a little; a missing tenth means that the file was cut off.
    max_missing_share: float = 0.1
    max_missing_seconds: float = 2.0


def require_acceptable(info: SourceInfo, limits: UploadLimits) -> None:
    """Raise TooLarge, UnsupportedMedia or UnreadableMedia when the file cannot be used."""
    _require_tracks(info, limits)
    _require_size(info, limits)
    _require_content(info, limits)


def _require_tracks(info: SourceInfo, limits: UploadLimits) -> None:
    if info.size <= 0:
        raise UnreadableMedia(EMPTY_DETAIL)
    if info.is_audio_only and not info.audio:
        raise UnsupportedMedia(NO_VIDEO_DETAIL)
    if info.track_count > limits.max_tracks:
        raise UnsupportedMedia(
            f"The file has {info.track_count} tracks. The limit is {limits.max_tracks}. {EXPORT_ADVICE}"
        )
    if not info.is_audio_only and info.video_decoder not in KNOWN_DECODERS:
        raise UnsupportedMedia(f"The video codec ({info.video_codec}) isn't supported. {EXPORT_ADVICE}")
    if info.is_audio_only and info.sound is None:
        raise UnsupportedMedia(
            f"The audio codec ({info.audio[0].codec}) isn't supported. {SUPPORTED_FORMATS}"
        )


def _require_size(info: SourceInfo, limits: UploadLimits) -> None:
    if info.size > limits.max_bytes:
        raise TooLarge(
            f"The file is larger than {limits.max_bytes / 1024**3:.3g} GB. Export it at a lower bit rate."
        )
    for width, height in info.picture_sizes or ((info.width, info.height),):
        if max(width, height) > limits.max_side or width * height > limits.max_pixels:
            raise TooLarge(
                f"The picture is {width}x{height} pixels, which is more than this site can convert. "
                "Export it in a smaller size."
            )
    if info.duration > limits.max_seconds:
        raise TooLarge(f"The video is longer than {limits.max_seconds / 3600:.3g} hours. Upload it in parts.")
    if info.frame_rate > limits.max_frame_rate:
        raise TooLarge(f"The video has more than {limits.max_frame_rate} frames per second. Export it at 60.")


def _require_content(info: SourceInfo, limits: UploadLimits) -> None:
    if not info.decodes:
        raise UnreadableMedia(DAMAGED_DETAIL)
    if info.container == GIF.name and info.pictures is not None and info.pictures.longest_step == 0:
        raise UnsupportedMedia(IMAGE_DETAIL)
    if min(info.width, info.height) < limits.min_side:
        raise UnsupportedMedia(
            f"The picture is smaller than {limits.min_side} pixels. Export it in a larger size."
        )
    if info.duration < limits.min_seconds:
        raise UnreadableMedia(f"The video has no duration. {EXPORT_ADVICE}")
    missing = info.container_duration - info.duration
    allowed = max(limits.max_missing_seconds, limits.max_missing_share * info.container_duration)
    if info.fully_read and missing > allowed:
        raise UnreadableMedia(
            f"The file is cut off: it should last {info.container_duration:.0f} seconds, "
            f"but only {info.duration:.0f} can be read. Please upload it again."
        )
