"""The description of an uploaded file: its tracks, timing, colors and chapters. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from videos.transcoding.decoders import DECODER_WHITELIST

KNOWN_DECODERS = frozenset(DECODER_WHITELIST.split(","))


# What a file without a picture is given: its sound, drawn. Few frames a second are enough for that.
WAVEFORM_SIZE = (1280, 720)


WAVEFORM_RATE = Fraction(10)


MAX_AUDIO_TRACKS = 8


@dataclass(frozen=True)
class AudioTrack:
    """An audio track of the file."""

    index: int
    codec: str
    decoder: str
    channels: int
    sample_rate: int
    language: str
    is_default: bool
    title: str = ""
    # Whether sound comes out of its first packets.
    decodes: bool = True


@dataclass(frozen=True)
class SubtitleTrack:
    """A text or bitmap subtitle track; the flags are the container's dispositions."""

    index: int
    codec: str
    language: str
    title: str = ""
    is_forced: bool = False
    is_for_deaf: bool = False
    is_description: bool = False


@dataclass(frozen=True)
class Chapter:
    """A chapter: `start` and `end` in seconds."""

    start: float
    end: float
    title: str


@dataclass(frozen=True)
class VideoTiming:
    """Timing of the frames over the whole file, in seconds; `peak_bitrate` in bits/s.

    `discarded` packets lie before the start of an edit list. `closed_gops` says that every key frame is an IDR
    frame that no later frame references across; `constant_config`, that all use the parameter sets of the track's
    header.
    """

    first: float
    key_frames: tuple[float, ...]
    shortest_step: float
    longest_step: float
    peak_bitrate: int
    discarded: int = 0
    closed_gops: bool = True
    constant_config: bool = True


@dataclass(frozen=True)
class SourceInfo:
    """The description of an uploaded file.

    `width` and `height` are as displayed: after rotation, with square pixels. `duration` is what can be read, in
    seconds; `container_duration` is what the file claims. `frame_rate` is the average, `nominal_rate` the grid
    that variable-rate video is timed on; both 0 when unknown. `video_index` is -1 without a video track; size and
    rate are then those of the waveform video drawn from the audio, beside the cover art in track `cover_index`
    (-1: none). `clock_jumps` is how often the clock of a broadcast jumped, which is corrected. `color_primaries`
    and `color_matrix` are numbers of ITU-T H.273 (2: not stated); `peak_nits` is the peak luminance in HDR
    metadata, in cd/m² (0: unknown).

    `crop` are the stored pixels to hide at the top, bottom, left and right according to the container.
    `picture_sizes` are all sizes as displayed, the one that is kept first, when there are several;
    `picture_changes` counts changes of size or format, `is_steady` says that there are certainly none.
    `other_videos` are the codecs of video tracks that are dropped.
    """

    container: str
    demuxer: str
    size: int
    duration: float
    container_duration: float
    video_end: float
    audio_end: float
    fully_read: bool
    decodes: bool
    track_count: int
    video_index: int
    video_codec: str
    video_decoder: str
    video_profile: str
    width: int
    height: int
    rotation: int
    sample_aspect_ratio: Fraction
    frame_rate: Fraction
    nominal_rate: Fraction
    pix_fmt: str
    bit_depth: int
    color_transfer: str
    matrix_known: bool
    interlaced: bool
    audio: tuple[AudioTrack, ...]
    subtitles: tuple[SubtitleTrack, ...]
    chapters: tuple[Chapter, ...]
    pictures: VideoTiming | None = None
    color_primaries: int = 2
    color_matrix: int = 2
    peak_nits: float = 0.0
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    picture_sizes: tuple[tuple[int, int], ...] = ()
    picture_changes: int = 0
    is_steady: bool = True
    clock_jumps: int = 0
    cover_index: int = -1
    other_videos: tuple[str, ...] = ()

    @property
    def is_hdr(self) -> bool:
        """True for high dynamic range."""
        return self.color_transfer in ("pq", "hlg")

    @property
    def is_audio_only(self) -> bool:
        """True when the file has no video track."""
        return self.video_index < 0

    @property
    def sounds(self) -> list[AudioTrack]:
        """The audio tracks that can be decoded: the default one first, then the others in file order."""
        usable = [track for track in self.audio if is_usable(track)]
        return sorted(usable, key=lambda track: not track.is_default)[:MAX_AUDIO_TRACKS]

    @property
    def undecodable_audio(self) -> list[AudioTrack]:
        """The audio tracks that are dropped because they cannot be decoded here."""
        return [track for track in self.audio if not is_usable(track)]

    @property
    def surplus_audio(self) -> list[AudioTrack]:
        """The audio tracks that are dropped because there are too many."""
        used = self.sounds
        return [track for track in self.audio if is_usable(track) and track not in used]

    @property
    def sound(self) -> AudioTrack | None:
        """The default audio track."""
        return next(iter(self.sounds), None)


def is_usable(track: AudioTrack) -> bool:
    """Return whether the track can be decoded here."""
    is_known = track.decoder in KNOWN_DECODERS and track.channels > 0 and track.sample_rate > 0
    return is_known and track.decodes
