"""Write and read the master playlist of a ladder.

ffmpeg's own master is not used: it silently drops what it cannot compute, and its bandwidths are the configured
ones, not the measured ones. Captions are not in it because they change; see `videos.playback.manifests`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from videos.transcoding.ladder import AUDIO, AUDIO_BITRATE, AudioRendition, LadderPlan
from videos.transcoding.mp4_boxes import read_init
from videos.transcoding.playlists import IFRAMES, INDEX, INIT, MASTER, Bandwidth, measure_bandwidth

# The most that a rate-controlled encoder spends on one segment, as a multiple of its maximum bitrate: a buffer of two
# seconds before a segment of four, and the variation of the audio encoder.
VIDEO_BURST = 1.5
AUDIO_BURST = 1.2
_HEADER = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')


@dataclass(frozen=True)
class Variant:
    """A rung in the master playlist: its folder, size in pixels, frames per second."""

    name: str
    width: int
    height: int
    frame_rate: Fraction


def plan_variants(plan: LadderPlan) -> list[Variant]:
    """Return the rungs of a plan, the smallest first."""
    return [
        Variant(rendition.name, rendition.width, rendition.height, rendition.frame_rate)
        for rendition in reversed(plan.renditions)
    ]


def master_playlist(
    out_dir: Path,
    variants: list[Variant],
    audio_renditions: Iterable[AudioRendition],
    bandwidths: dict[str, Bandwidth],
) -> str:
    """Return the master playlist for the renditions in `out_dir`, in the given order; every URI is relative.

    `bandwidths` is keyed by folder name. Renditions with an I-frame playlist are listed with it. Raises ValueError
    when an init segment does not match its description.
    """
    tracks = list(audio_renditions)
    lines = [_audio_line(track, is_default=number == 0) for number, track in enumerate(tracks)]
    audio_codec = read_init(out_dir / AUDIO / INIT).codec if tracks else ""
    iframes = []
    for variant in variants:
        video_codec = _video_codec(out_dir, variant)
        described = f"RESOLUTION={variant.width}x{variant.height}"
        bandwidth, codecs, audio = bandwidths[variant.name], video_codec, ""
        if tracks:
            bandwidth += _largest(bandwidths[track.name] for track in tracks)
            codecs += f",{audio_codec}"
            audio = f',AUDIO="{AUDIO}"'
        lines.append(
            f"#EXT-X-STREAM-INF:{_rates(bandwidth)},{described},FRAME-RATE={float(variant.frame_rate):.3f},"
            f'CODECS="{codecs}",VIDEO-RANGE=SDR{audio},CLOSED-CAPTIONS=NONE'
        )
        lines.append(f"{variant.name}/{INDEX}")
        if (out_dir / variant.name / IFRAMES).is_file():
            rates = _rates(measure_bandwidth(out_dir / variant.name, IFRAMES))
            iframes.append(
                f"#EXT-X-I-FRAME-STREAM-INF:{rates},{described},"
                f'CODECS="{video_codec}",VIDEO-RANGE=SDR,URI="{variant.name}/{IFRAMES}"'
            )
    return _HEADER + "\n".join([*lines, *iframes]) + "\n"


def max_bandwidths(plan: LadderPlan) -> dict[str, Bandwidth]:
    """Return the maximum bandwidths of the renditions, for a master playlist written during encoding."""
    video = {item.name: _declared(item.max_bitrate, VIDEO_BURST) for item in plan.renditions}
    return video | {track.name: _declared(AUDIO_BITRATE, AUDIO_BURST) for track in plan.sounds}


def read_master(out_dir: Path) -> tuple[list[Variant], list[AudioRendition]]:
    """Return the rungs and audio renditions of our own master playlist. Raises OSError or ValueError."""
    variants, audio_renditions = [], []
    described: dict[str, str] = {}
    for line in (out_dir / MASTER).read_text(encoding="utf-8").splitlines():
        tag, _, values = line.partition(":")
        if tag == "#EXT-X-MEDIA":
            audio = _plain_attributes(values)
            folder = audio.get("URI", "").partition("/")[0]
            audio_renditions.append(
                AudioRendition(folder, 0, audio.get("LANGUAGE", ""), audio.get("NAME", ""))
            )
        elif tag == "#EXT-X-STREAM-INF":
            described = _plain_attributes(values)
        elif line and not line.startswith("#"):
            width, _, height = described.get("RESOLUTION", "").partition("x")
            rate = Fraction(described.get("FRAME-RATE", ""))
            variants.append(Variant(line.partition("/")[0], int(width), int(height), rate))
    if not variants:
        raise ValueError("the master playlist names no rendition")
    return variants, audio_renditions


def parse_attributes(text: str) -> dict[str, str]:
    """Return the attributes of a tag in order, values as written."""
    return dict(_ATTRIBUTE.findall(text))


def _plain_attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in parse_attributes(text).items()}


def _declared(ceiling: int, burst: float) -> Bandwidth:
    return Bandwidth(round(ceiling * burst), ceiling)


def _rates(bandwidth: Bandwidth) -> str:
    return f"BANDWIDTH={bandwidth.peak},AVERAGE-BANDWIDTH={bandwidth.average}"


def _audio_line(track: AudioRendition, *, is_default: bool) -> str:
    language = f'LANGUAGE="{track.language}",' if track.language else ""
    default = "YES" if is_default else "NO"
    return (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO}",NAME="{track.label}",{language}DEFAULT={default},AUTOSELECT=YES,'
        f'CHANNELS="2",URI="{track.name}/{INDEX}"'
    )


def _largest(bandwidths: Iterable[Bandwidth]) -> Bandwidth:
    known = list(bandwidths)
    return Bandwidth(max(one.peak for one in known), max(one.average for one in known))


def _video_codec(out_dir: Path, variant: Variant) -> str:
    init = read_init(out_dir / variant.name / INIT)
    if (init.width, init.height) != (variant.width, variant.height):
        raise ValueError(f"{variant.name} is {init.width}x{init.height}")
    return init.codec
