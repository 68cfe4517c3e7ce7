"""Read every packet of one file without decoding: durations, frame timing, key frames.

Runs in the confined child only (probe_child.py). Times are those that ffmpeg will assign to the packets: counted
from the file's start, with jumps of a broadcast's clock corrected as ffmpeg does.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import av.container
import av.error
import av.packet
import av.stream
import av.video.stream

from videos.transcoding.frame_changes import FrameChangeDetector
from videos.transcoding.probe_report import ScanReport, TimingReport

# Five hours at 60 frames per second; longer videos are encoded anew.
MAX_FRAMES = 1_080_000
MAX_KEY_FRAMES = 20_000
PEAK_SECONDS = 4
# Pictures closer than this are one picture sent twice.
MIN_STEP = 0.0005
# Of all steps between pictures, the share that may be shorter than the grid: hiccups of a recorder's clock.
MAX_IRREGULAR_SHARE = 0.05
# Matroska rounds times to a millisecond, so that steps of one grid differ by as much.
GRID_SPREAD, GRID_ROUNDING = 1.2, 0.0015

# AVFMT_TS_DISCONT: containers whose clock may jump, and ffmpeg's `-dts_delta_threshold` for them in seconds.
_CLOCK_MAY_JUMP = 0x200
_JUMP_SECONDS = 10.0
_STEP_BACK_SECONDS = 0.1

_AVC_CONFIG_VERSION = 1
_NAL_SLICE, _NAL_IDR, _NAL_SPS, _NAL_PPS = 1, 5, 7, 8


def scan(
    container: av.container.InputContainer,
    streams: Sequence[av.stream.Stream],
    video_index: int,
    seconds: float,
    watch: FrameChangeDetector | None = None,
) -> ScanReport:
    """Return the end times in seconds, the number of frames, and the reports of FrameTiming and `watch`.

    `streams` are those that will be used; `video_index` is -1 for a file without video. `complete` says whether
    the whole file was read within `seconds`; `start` is the file's own clock at its start.
    """
    deadline = time.monotonic() + seconds
    ends = {"video": 0.0, "audio": 0.0}
    complete = True
    clock = PacketClock(container, streams)
    pictures = FrameTiming(next((stream for stream in streams if stream.index == video_index), None))
    try:
        for packet in container.demux(*streams):
            if time.monotonic() > deadline:
                complete = False
                break
            if packet.size == 0 or packet.time_base is None or packet.is_corrupt:
                continue
            moment, length = clock.place(packet)
            is_video = packet.stream_index == video_index
            if packet.is_discard:
                pictures.discarded += is_video
                continue
            kind = "video" if is_video else "audio"
            ends[kind] = max(ends[kind], moment + length)
            if is_video:
                pictures.add(moment, packet)
                if watch:
                    watch.look(packet, moment)
    except av.error.FFmpegError:
        # What came before the damage is what can be read.
        pass
    return {
        **pictures.report(),
        "video_end": ends["video"],
        "audio_end": ends["audio"],
        "complete": complete,
        "start": clock.start,
        "clock_jumps": clock.jumps,
        "watch": watch.report(ends["video"]) if watch else None,
    }


class PacketClock:
    """Predicts ffmpeg's presentation times (source: `ts_discontinuity_detect` in its fftools/ffmpeg_demux.c)."""

    def __init__(self, container: av.container.InputContainer, streams: Sequence[av.stream.Stream]) -> None:
        self.may_jump = bool(int(container.format.flags) & _CLOCK_MAY_JUMP)
        self.start = (container.start_time or 0) / 1_000_000
        starts = [_seconds(stream.start_time, stream.time_base) for stream in streams]
        known = [start for start in starts if start is not None]
        if self.may_jump and known:
            # Unused tracks may begin earlier; in these containers ffmpeg ignores them.
            self.start = max(self.start, min(known))
        self.jumps = 0
        self._correction = 0.0
        self._last: float | None = None
        self._expected: dict[int, float] = {}
        self._decoded: dict[int, float] = {}
        self._end: dict[int, float] = {}
        self._length = {stream.index: _usual_length(stream) for stream in streams}

    def place(self, packet: av.packet.Packet[av.stream.Stream]) -> tuple[float, float]:
        """Return the packet's start in seconds after the start of the file, and its duration."""
        index = packet.stream_index
        length = _seconds(packet.duration, packet.time_base) or self._length.get(index, 0.0)
        presented, decoded = _seconds(packet.pts, packet.time_base), _seconds(packet.dts, packet.time_base)
        if decoded is not None:
            jump = self._jump(index, decoded + self._correction) if self.may_jump else 0.0
            if jump:
                self.jumps += 1
                self._correction -= jump
            decoded += self._correction
            self._last = self._decoded[index] = decoded
            self._expected[index] = decoded + length
        elif index in self._expected:
            self._expected[index] += length
        elif presented is not None:
            self._expected[index] = presented + self._correction + length
        if presented is not None:
            moment = presented + self._correction
        else:
            # Without any time stamp a packet follows the one before it.
            moment = decoded if decoded is not None else self._end.get(index, self.start)
        self._end[index] = moment + length
        return moment - self.start, length

    def _jump(self, index: int, decoded: float) -> float:
        """Return by how many seconds the clock jumped before this packet; 0 when it did not."""
        expected = self._expected.get(index)
        if expected is None:
            delta = decoded - self._last if self._last is not None else 0.0
            return delta if abs(delta) > _JUMP_SECONDS else 0.0
        delta = decoded - expected
        steps_back = decoded + _STEP_BACK_SECONDS < self._decoded.get(index, decoded)
        return delta if abs(delta) > _JUMP_SECONDS or steps_back else 0.0


class FrameTiming:
    """Collects what determines the frame rate and whether the track can be copied."""

    def __init__(self, stream: av.stream.Stream | None) -> None:
        self.count = 0
        # Packets before the start of an edit list: decoded, but never shown.
        self.discarded = 0
        self.moments: list[float] = []
        self.keys: list[float] = []
        self.bits: dict[int, int] = {}
        # Pictures that come after a key frame but are shown before it: they need what was before (open GOP).
        self.leading = 0
        self.config = AvcKeyFrameCheck(stream)

    def add(self, moment: float, packet: av.packet.Packet[av.stream.Stream]) -> None:
        """Count a packet that is shown `moment` seconds after the start."""
        self.count += 1
        if len(self.moments) >= MAX_FRAMES:
            return
        self.moments.append(moment)
        if packet.is_keyframe:
            self.keys.append(moment)
            self.config.check(packet)
        elif self.keys and moment < self.keys[-1]:
            self.leading += 1
        window = int(moment // PEAK_SECONDS)
        self.bits[window] = self.bits.get(window, 0) + packet.size * 8

    def report(self) -> TimingReport:
        """Return key frame times, steps between frames, the peak bit rate in bits/s, and obstacles to copying."""
        moments = sorted(self.moments)
        steps = [later - earlier for earlier, later in pairwise(moments)]
        return {
            "packets": self.count,
            "discarded": self.discarded,
            "first_picture": moments[0] if moments else 0.0,
            "key_frames": sorted(self.keys)[:MAX_KEY_FRAMES],
            "shortest_step": min(steps, default=0.0),
            "longest_step": max(steps, default=0.0),
            "grid_step": grid_step(steps),
            "peak_bitrate": round(max(self.bits.values(), default=0) / PEAK_SECONDS),
            "counted_all": len(self.moments) < MAX_FRAMES and len(self.keys) <= MAX_KEY_FRAMES,
            "closed_gops": not self.leading and self.config.all_idr,
            "constant_config": self.config.is_constant,
        }


def grid_step(steps: Sequence[float]) -> float:
    """Return the seconds between frames on the grid that times them; 0 when unknown.

    That is the shortest regular step, averaged over all steps that equal it except for rounding.
    """
    ordered = sorted(step for step in steps if step > MIN_STEP)
    if not ordered:
        return 0.0
    base = ordered[int(len(ordered) * MAX_IRREGULAR_SHARE)]
    widest = max(base * GRID_SPREAD, base + GRID_ROUNDING)
    same = [step for step in ordered if base <= step <= widest]
    return sum(same) / len(same)


class AvcKeyFrameCheck:
    """Checks that every key frame of an H.264 track is standalone and uses the parameter sets of the header."""

    def __init__(self, stream: av.stream.Stream | None) -> None:
        context = stream.codec_context if isinstance(stream, av.video.stream.VideoStream) else None
        header = bytes(context.extradata or b"") if context and context.name == "h264" else b""
        self.length_size = 0
        self.header = header
        if len(header) > 6 and header[0] == _AVC_CONFIG_VERSION:
            self.length_size = (header[4] & 3) + 1
        # Without a header in this form nothing can be compared; the track is then not taken over.
        self.all_idr = self.is_constant = bool(self.length_size)

    def check(self, packet: av.packet.Packet[av.stream.Stream]) -> None:
        """Inspect the NAL units of one key frame."""
        if not self.length_size:
            return
        if packet.has_sidedata("new_extradata"):
            self.is_constant = False
        data, offset, has_idr = memoryview(packet), 0, False
        while offset + self.length_size < len(data):
            size = int.from_bytes(data[offset : offset + self.length_size], "big")
            offset += self.length_size
            kind = data[offset] & 0x1F
            has_idr |= kind == _NAL_IDR
            if kind in (_NAL_SPS, _NAL_PPS) and bytes(data[offset : offset + size]) not in self.header:
                self.is_constant = False
            if kind in (_NAL_SLICE, _NAL_IDR):
                break
            offset += size
        self.all_idr &= has_idr


def _usual_length(stream: av.stream.Stream) -> float:
    """Return the duration in seconds of a packet that does not state it."""
    context = stream.codec_context
    if isinstance(stream, av.video.stream.VideoStream):
        rate = stream.guessed_rate or stream.average_rate
        return float(1 / rate) if rate else 0.0
    frame_size, sample_rate = getattr(context, "frame_size", 0), getattr(context, "sample_rate", 0)
    return frame_size / sample_rate if frame_size and sample_rate else 0.0


def _seconds(value: int | None, time_base: Fraction | None) -> float | None:
    return float(value * time_base) if value is not None and time_base is not None else None
