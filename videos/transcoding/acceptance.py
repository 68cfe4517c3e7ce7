"""Decide whether an uploaded file can become a stream. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation.trans_null import gettext_noop

from videos.transcoding.errors import TooLarge, UnreadableMedia, UnsupportedMedia
from videos.transcoding.ffmpeg import MIB
from videos.transcoding.sniff import EMPTY_DETAIL, GIF, IMAGE_DETAIL, SUPPORTED_FORMATS
from videos.transcoding.source_info import KNOWN_DECODERS, SourceInfo

DAMAGED_DETAIL = gettext_noop(
    "The file is damaged or incomplete, so its video can't be read. Check that it plays on your device, "
    "then upload it again or export it again as MP4."
)
NO_CONTENT = gettext_noop("The file contains no video or audio.")
TOO_MANY_TRACKS = gettext_noop("The file has %(tracks)d tracks. The limit is %(limit)d.")
UNKNOWN_VIDEO_CODEC = gettext_noop("The video codec (%(codec)s) isn't supported.")
UNKNOWN_AUDIO_CODEC = gettext_noop("The audio codec (%(codec)s) isn't supported.")
TOO_MANY_BYTES = gettext_noop("The file is larger than %(size)s GB. Export it at a lower bit rate.")
PICTURE_TOO_LARGE = gettext_noop(
    "The video is %(width)dx%(height)d pixels, which is more than this site supports. Export it at a smaller size."
)
TOO_LONG = gettext_noop("The video is longer than %(hours)s hours. Upload it in parts.")
TOO_FAST = gettext_noop("The video has more than %(rate)d frames per second. Export it at 60.")
PICTURE_TOO_SMALL = gettext_noop("The video is smaller than %(pixels)d pixels. Export it at a larger size.")
NO_DURATION = gettext_noop("The video has no duration.")
CUT_OFF = gettext_noop(
    "The file is cut off. It should last %(expected)s seconds, but only %(found)s can be read. Please upload it again."
)
EXPORT_ADVICE = gettext_noop("Export it as MP4 with H.264 video and AAC audio, and upload that file.")
NO_VIDEO_DETAIL = f"{NO_CONTENT} {SUPPORTED_FORMATS}"


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
        found = TOO_MANY_TRACKS % {"tracks": info.track_count, "limit": limits.max_tracks}
        raise UnsupportedMedia(f"{found} {EXPORT_ADVICE}")
    if not info.is_audio_only and info.video_decoder not in KNOWN_DECODERS:
        raise UnsupportedMedia(f"{UNKNOWN_VIDEO_CODEC % {'codec': info.video_codec}} {EXPORT_ADVICE}")
    if info.is_audio_only and info.sound is None:
        raise UnsupportedMedia(f"{UNKNOWN_AUDIO_CODEC % {'codec': info.audio[0].codec}} {SUPPORTED_FORMATS}")


def _require_size(info: SourceInfo, limits: UploadLimits) -> None:
    if info.size > limits.max_bytes:
        raise TooLarge(TOO_MANY_BYTES % {"size": f"{round(limits.max_bytes / 10**9, 1):g}"})
    for width, height in info.picture_sizes or ((info.width, info.height),):
        if max(width, height) > limits.max_side or width * height > limits.max_pixels:
            raise TooLarge(PICTURE_TOO_LARGE % {"width": width, "height": height})
    if info.duration > limits.max_seconds:
        raise TooLarge(TOO_LONG % {"hours": f"{limits.max_seconds / 3600:.3g}"})
    if info.frame_rate > limits.max_frame_rate:
        raise TooLarge(TOO_FAST % {"rate": limits.max_frame_rate})


def _require_content(info: SourceInfo, limits: UploadLimits) -> None:
    if not info.decodes:
        raise UnreadableMedia(DAMAGED_DETAIL)
    if info.container == GIF.name and info.pictures is not None and info.pictures.longest_step == 0:
        raise UnsupportedMedia(IMAGE_DETAIL)
    if min(info.width, info.height) < limits.min_side:
        raise UnsupportedMedia(PICTURE_TOO_SMALL % {"pixels": limits.min_side})
    if info.duration < limits.min_seconds:
        raise UnreadableMedia(f"{NO_DURATION} {EXPORT_ADVICE}")
    missing = info.container_duration - info.duration
    allowed = max(limits.max_missing_seconds, limits.max_missing_share * info.container_duration)
    if info.fully_read and missing > allowed:
        seconds = {"expected": f"{info.container_duration:.0f}", "found": f"{info.duration:.0f}"}
        raise UnreadableMedia(CUT_OFF % seconds)
