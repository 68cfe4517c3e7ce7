"""Detect changes of size or format midway, and cropping. Runs in the probe's confined child (probe_child.py).

Recordings of calls change size with the network, phones are rotated, recordings are joined. Every key frame is
compared with the one before it: by its headers where they are available without decoding, else by decoding it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Final

import av
import av.bitstream
import av.error
import av.packet
import av.stream
import av.video.frame
import av.video.stream

from videos.transcoding.probe_report import ChangesReport

# Seconds that decoding key frames may take, spread evenly over the file.
DECODING_SECONDS = 6.0
FIRST_SECONDS = 0.5
MAX_DECODED_FRAMES = 64

# Their sequence headers come out of a key packet without decoding.
_HEADERS = {
    "h264": "h264_mp4toannexb,extract_extradata",
    "hevc": "hevc_mp4toannexb,extract_extradata",
    "vvc": "vvc_mp4toannexb,extract_extradata",
    "mpeg2video": "extract_extradata",
    "mpeg1video": "extract_extradata",
    "mpeg4": "extract_extradata",
}
# Their size may change between key frames.
_CHANGE_ANYWHERE = frozenset({"vp9", "av1"})
_NEW_HEADERS: Final = "new_extradata"
# The size in a key frame of VP8 (RFC 6386, section 9.1).
_VP8_SIZE = slice(3, 10)

_EBML_SEGMENT, _EBML_TRACKS, _EBML_ENTRY, _EBML_VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0xE0
_EBML_CROPS = {0x54BB: 0, 0x54AA: 1, 0x54CC: 2, 0x54DD: 3}

# Width and height in pixels, numerator and denominator of their shape.
Size = tuple[int, int, int, int]


class FrameChangeDetector:
    """Compares the key frames of a track that is read from start to end.

    `duration` is in seconds, 0 when unknown.
    """

    def __init__(self, stream: av.video.stream.VideoStream, duration: float) -> None:
        self._stream = stream
        self._duration = duration
        self._codec = stream.codec_context.codec.canonical_name if stream.codec_context.codec else ""
        self._filter = _header_filter(stream, self._codec)
        self._headers: bytes | None = None
        self._spent = 0.0
        self._size: Size | None = None
        self._last: tuple[object, ...] | None = None
        self._since = 0.0
        self._seconds: dict[Size, float] = {}
        self._changes = 0
        self._saw_all = self._codec not in _CHANGE_ANYWHERE

    def look(self, packet: av.packet.Packet[av.stream.Stream], moment: float) -> None:
        """Take the next packet of the track, in file order; `moment` is in seconds after the start."""
        if not packet.is_keyframe or self._is_as_before(packet):
            return
        allowed = DECODING_SECONDS * moment / self._duration if self._duration > 0 else 0.0
        if self._spent > FIRST_SECONDS + min(allowed, DECODING_SECONDS):
            self._saw_all = False
            return
        started = time.monotonic()
        frame = self._decode(packet)
        self._spent += time.monotonic() - started
        if frame is not None:
            self._note(frame, moment)

    def report(self, end: float) -> ChangesReport:
        """Return each size with pixel shape and seconds on screen, the number of changes, and whether all were seen.

        `end` is the end of the track in seconds.
        """
        self._count(end)
        sizes = [(*size, seconds) for size, seconds in self._seconds.items()]
        return {"sizes": sizes[:MAX_DECODED_FRAMES], "changes": self._changes, "saw_all": self._saw_all}

    def _is_as_before(self, packet: av.packet.Packet[av.stream.Stream]) -> bool:
        """Return whether the packet's headers say that nothing changes; remember them."""
        headers: bytes | None = None
        if self._codec == "vp8":
            headers = bytes(packet)[_VP8_SIZE]
        elif self._filter is not None:
            headers = _headers_in(self._filter, packet)
        if headers is None and self._filter is not None and self._headers is not None:
            return not packet.has_sidedata(_NEW_HEADERS)
        is_known = headers is not None and headers == self._headers
        self._headers = headers
        return is_known and not packet.has_sidedata(_NEW_HEADERS)

    def _decode(self, packet: av.packet.Packet[av.stream.Stream]) -> av.video.frame.VideoFrame | None:
        context = self._stream.codec_context
        try:
            frames = [*packet.decode(), *context.decode(None)]
        except av.error.FFmpegError:
            frames = []
        context.flush_buffers()
        return next((frame for frame in frames if isinstance(frame, av.video.frame.VideoFrame)), None)

    def _note(self, frame: av.video.frame.VideoFrame, moment: float) -> None:
        ratio = self._stream.sample_aspect_ratio
        shape = (ratio.numerator, ratio.denominator) if ratio else (1, 1)
        size: Size = (frame.width, frame.height, *shape)
        own_ratio = self._stream.codec_context.sample_aspect_ratio
        picture = (*size, own_ratio, frame.format.name, int(frame.colorspace), int(frame.color_range))
        if self._last is not None and picture != self._last:
            self._changes += 1
        self._count(moment)
        self._last, self._size = picture, size
        if len(self._seconds) < MAX_DECODED_FRAMES:
            self._seconds.setdefault(size, 0.0)

    def _count(self, moment: float) -> None:
        """Count the time for which the previous frame was on screen, until `moment`."""
        if self._size in self._seconds:
            self._seconds[self._size] += max(moment - self._since, 0.0)
        self._since = moment


def container_crop(stream: av.video.stream.VideoStream) -> list[int]:
    """Return the pixels to hide at the top, bottom, left and right according to the container (`clap`, PixelCrop).

    PyAV does not expose them but copies them into a new file, so they are read from the header of an empty one.
    """
    target = io.BytesIO()
    try:
        with av.open(target, "w", format="matroska") as container:
            container.add_stream_from_template(stream)
            container.start_encoding()
    except (av.error.FFmpegError, ValueError):
        return [0, 0, 0, 0]
    crops = [0, 0, 0, 0]
    for kind, body in _walk(target.getvalue()):
        if kind in _EBML_CROPS:
            crops[_EBML_CROPS[kind]] = int.from_bytes(body, "big")
    context = stream.codec_context
    fits = crops[0] + crops[1] < context.height and crops[2] + crops[3] < context.width
    return crops if fits else [0, 0, 0, 0]


def _header_filter(
    stream: av.video.stream.VideoStream, codec: str
) -> av.bitstream.BitStreamFilterContext | None:
    try:
        return av.bitstream.BitStreamFilterContext(_HEADERS[codec], stream) if codec in _HEADERS else None
    except (av.error.FFmpegError, ValueError):
        return None


def _headers_in(
    header_filter: av.bitstream.BitStreamFilterContext, packet: av.packet.Packet[av.stream.Stream]
) -> bytes | None:
    try:
        # A filter takes its packet away.
        filtered = header_filter.filter(av.packet.Packet(bytes(packet)))
    except av.error.FFmpegError:
        return None
    found = [bytes(one.get_sidedata(_NEW_HEADERS)) for one in filtered if one.has_sidedata(_NEW_HEADERS)]
    return b"".join(found) or None


def _walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of a Matroska header that we wrote, down to those of the video track."""
    offset = 0
    while offset < len(data):
        kind, offset = _number(data, offset, keep_marker=True)
        size, offset = _number(data, offset, keep_marker=False)
        body = data[offset : offset + size]
        yield kind, body
        if kind in (_EBML_SEGMENT, _EBML_TRACKS, _EBML_ENTRY, _EBML_VIDEO):
            yield from _walk(body)
        offset += size


def _number(data: bytes, offset: int, *, keep_marker: bool) -> tuple[int, int]:
    """Return an EBML number of variable length (RFC 8794, section 4) and its end."""
    length = 9 - data[offset].bit_length()
    value = int.from_bytes(data[offset : offset + length], "big")
    return value if keep_marker else value & ((1 << 7 * length) - 1), offset + length
