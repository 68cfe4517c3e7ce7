"""Open one untrusted file with PyAV and print its description as JSON.

Run as a script in a confined process (see ffmpeg.run_python), never imported by the site: `python -I
probe_child.py PATH DEMUXER FORMAT_WHITELIST DECODER_WHITELIST MAX_DECODED_PIXELS SCAN_SECONDS`. With `--ready` it
exits once everything that it needs has been loaded.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import av
import av.container
import av.error
import av.packet
import av.sidedata.sidedata
import av.stream
import av.video.frame
import av.video.stream

# An isolated interpreter knows the installed packages only, and the sandbox lets it look into this one of the site's.
PACKAGE = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location(
    PACKAGE.name, PACKAGE / "__init__.py", submodule_search_locations=[str(PACKAGE)]
)
if _spec:
    sys.modules[PACKAGE.name] = importlib.util.module_from_spec(_spec)

from videos.transcoding.frame_changes import FrameChangeDetector  # noqa: E402
from videos.transcoding.probe_report import (  # noqa: E402
    AudioReport,
    HeaderReport,
    ScanReport,
    SourceReport,
)
from videos.transcoding.probe_scan import scan  # noqa: E402
from videos.transcoding.probe_tracks import (  # noqa: E402
    codec_name,
    describe_audio,
    describe_chapter,
    describe_subtitle,
    describe_video,
    refine_from_frame,
)

MAX_TRACKS = 64
MAX_CHAPTERS = 500
DECODE_PACKETS = 300


def open_container(path: str, demuxer: str, formats: str, decoders: str) -> av.container.InputContainer:
    """Open the file with one demuxer and the allowed protocols, formats and decoders."""
    options = {"protocol_whitelist": "file", "format_whitelist": formats, "codec_whitelist": decoders}
    return av.open(f"file:{path}", format=demuxer, options=options, metadata_errors="replace")


def choose_video(container: av.container.InputContainer) -> av.video.stream.VideoStream | None:
    """Return the default video track, else the largest; cover art does not count."""
    streams = [stream for stream in container.streams.video if not is_cover(stream)]
    if not streams:
        return None

    def rank(stream: av.video.stream.VideoStream) -> tuple[bool, int]:
        context = stream.codec_context
        is_default = bool(stream.disposition & av.stream.Disposition.default)
        return is_default, (context.width or 0) * (context.height or 0)

    return max(streams, key=rank)


def is_cover(stream: av.video.stream.VideoStream) -> bool:
    """Return whether the track is cover art or a timed thumbnail."""
    cover = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    return bool(stream.disposition & cover)


def create_change_detector(
    container: av.container.InputContainer, video_index: int, max_pixels: int
) -> FrameChangeDetector | None:
    """Return a detector of frame changes for the video track; `None` when it cannot be decoded."""
    stream = container.streams[video_index]
    if not isinstance(stream, av.video.stream.VideoStream):
        return None
    context = stream.codec_context
    if context.codec is None or not 0 < context.width * context.height <= max_pixels:
        return None
    context.thread_type = "NONE"
    context.options = {"max_pixels": str(max_pixels)}
    return FrameChangeDetector(stream, (container.duration or 0) / 1_000_000)


def first_frame(
    path: str, opening: tuple[str, str, str], video_index: int
) -> tuple[av.video.frame.VideoFrame, av.video.stream.VideoStream] | None:
    """Return the first frame that decodes within the first packets of the video track."""
    with open_container(path, *opening) as container:
        stream = container.streams[video_index]
        if not isinstance(stream, av.video.stream.VideoStream):
            return None
        stream.thread_type = "NONE"
        packets = container.demux(stream)
        for _ in range(DECODE_PACKETS):
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:
                return None
            if packet is None:
                return None
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in frames:
                if isinstance(frame, av.video.frame.VideoFrame):
                    return frame, stream
    return None


def mark_decodable_audio(path: str, opening: tuple[str, str, str], tracks: list[AudioReport]) -> None:
    """Set `decodes` of each audio track that may be used: false when its first packets yield no audio.

    A track without packets near the start is trusted.
    """
    decoders = set(opening[2].split(","))
    wanted = {
        track["index"]: track
        for track in tracks
        if track["decoder"] in decoders and track["channels"] and track["sample_rate"]
    }
    for track in tracks:
        track["decodes"] = track["index"] in wanted
    if not wanted:
        return
    tried = dict.fromkeys(wanted, 0)
    heard: set[int] = set()
    with open_container(path, *opening) as container:
        streams = [container.streams[index] for index in wanted]
        try:
            for _, packet in zip(
                range(DECODE_PACKETS * len(wanted)), container.demux(*streams), strict=False
            ):
                index = packet.stream_index
                if index not in heard and packet.size:
                    tried[index] += 1
                    if _decodes_audio(packet):
                        heard.add(index)
                if len(heard) == len(wanted):
                    break
        except av.error.FFmpegError:
            pass
    for index, track in wanted.items():
        track["decodes"] = index in heard or not tried[index]


def _decodes_audio(packet: av.packet.Packet[av.stream.Stream]) -> bool:
    try:
        return bool(packet.decode())
    except av.error.FFmpegError:
        return False


def scan_used_tracks(
    path: str, opening: tuple[str, str, str], report: HeaderReport, seconds: float, max_pixels: int
) -> ScanReport:
    """Read every packet of the tracks that will be used."""
    used = [track["index"] for track in report["audio"] if track["decodes"]]
    video_index = report["video"]["index"] if report["video"] else -1
    if video_index >= 0:
        used.insert(0, video_index)
    with open_container(path, *opening) as container:
        watch = create_change_detector(container, video_index, max_pixels) if video_index >= 0 else None
        streams = [container.streams[index] for index in used]
        return scan(container, streams, video_index, seconds, watch)


def decodes_cover(path: str, opening: tuple[str, str, str], index: int, max_pixels: int) -> bool:
    """Return whether the cover art in this track decodes within the pixel limit."""
    try:
        decoded = first_frame(path, opening, index)
    except (av.error.FFmpegError, ValueError):
        return False
    return decoded is not None and 0 < decoded[0].width * decoded[0].height <= max_pixels


def probe(path: str, opening: tuple[str, str, str], max_pixels: int, scan_seconds: float) -> SourceReport:
    """Return the description of the file at `path`; see `probe_report.SourceReport`."""
    with open_container(path, *opening) as container:
        stream = choose_video(container)
        headers: HeaderReport = {
            "container_duration": max((container.duration or 0) / 1_000_000, 0.0),
            "clock_start": (container.start_time or 0) / 1_000_000,
            "track_count": len(container.streams),
            "audio": [describe_audio(track) for track in container.streams.audio[:MAX_TRACKS]],
            "subtitles": [describe_subtitle(track) for track in container.streams.subtitles[:MAX_TRACKS]],
            "chapters": [describe_chapter(chapter) for chapter in container.chapters()[:MAX_CHAPTERS]],
            "video": describe_video(stream) if stream else None,
            "other_videos": [
                codec_name(track)
                for track in container.streams.video
                if track is not stream and not is_cover(track)
            ],
        }
        covers = [track.index for track in container.streams.video if is_cover(track)]
    mark_decodable_audio(path, opening, headers["audio"])
    found = scan_used_tracks(path, opening, headers, scan_seconds, max_pixels)
    report: SourceReport = {**headers, "scan": found, "decodes": False, "cover_index": -1}
    video = report["video"]
    if video is None:
        report["decodes"] = any(track["decodes"] for track in report["audio"])
        report["cover_index"] = next(
            (index for index in covers if decodes_cover(path, opening, index, max_pixels)), -1
        )
        return report
    # A picture beyond the limit is refused by its size; decoding it would only prove that memory is finite.
    if 0 < video["coded_width"] * video["coded_height"] <= max_pixels:
        decoded = first_frame(path, opening, video["index"])
        if decoded:
            refine_from_frame(video, decoded[0])
            report["decodes"] = True
    return report


def main() -> None:
    """Print the description of the file named on the command line."""
    if sys.argv[1:] == ["--ready"]:
        return
    path, demuxer, formats, decoders, max_pixels, scan_seconds = sys.argv[1:7]
    try:
        report = probe(path, (demuxer, formats, decoders), int(max_pixels), float(scan_seconds))
        written = json.dumps(report)
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        written = json.dumps({"error": type(error).__name__})
    sys.stdout.write(written)


if __name__ == "__main__":
    main()
