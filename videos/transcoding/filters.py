"""Filter graphs that turn any accepted source into the plan's output: SDR, BT.709, square pixels, constant rate."""

from collections.abc import Mapping
from types import MappingProxyType

from videos.transcoding.source_info import SourceInfo

from .ffmpeg import has_filters, has_option
from .ladder import LadderPlan

# Below this many lines an untagged picture is standard definition, coded with the older matrix.
HD_LINES = 720
# Diffuse white in HDR by ITU-R BT.2408; it becomes nearly full white.
SDR_WHITE_NITS = 203
# Sound is made longer than the plan by more than a frame of the picture, and cut where the picture really ends.
SOUND_TAIL_SECONDS = 0.25
# Where the source does not say how bright it gets.
DEFAULT_PEAK_NITS = 1000
PQ_PEAK_NITS = 10_000
# Metadata below diffuse white is wrong; the curve needs a little room above it.
MIN_PEAK = 1.1
# The share of diffuse white that tone mapping leaves as it is. The curve then comes close to that of ITU-R BT.2390.
MOBIUS_KNEE = 0.5
# Cover art beside a drawn sound: its longer side as a share of the height, the margins as a share of the width.
COVER_SHARE, COVER_MARGIN = 0.6, 0.05

_TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
_SOUND_FORMAT = "aformat=sample_fmts=fltp:channel_layouts=stereo"
_TRANSFERS = {"pq": "smpte2084", "hlg": "arib-std-b67"}
# What zscale calls the numbers of ITU-T H.273 that HDR and wide colors come with.
_PRIMARIES = {1: "bt709", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020nc", 10: "bt2020c", 14: "ictcp"}
# Wider than BT.709: its numbers for the same color are smaller, and shown as they are they look pale.
_WIDE = frozenset({9, 11, 12})


def input_options(info: SourceInfo) -> list[str]:
    """Return the input options that the graphs rely on.

    ffmpeg rebuilds a graph when a frame differs from the one before; `fps` would start at 0 again, and a file that
    changes with every frame would be encoded once for each. In a source that certainly never changes, such a frame
    is damage or an attack, so it is dropped.
    """
    guards = info.is_steady and not info.is_audio_only and has_option("drop_changed")
    return [f"-drop_changed:{info.video_index}", "1"] if guards else []


def graph_args(info: SourceInfo, plan: LadderPlan) -> list[str]:
    """Return arguments that produce the outputs of `ladder_graph`.

    A track that may change midway first passes through a stateless graph, which makes all frames alike and may be
    rebuilt at any time. The second graph reads its output through ffmpeg's loopback decoders.
    """
    stages = _stages(info, plan)
    args: list[str] = []
    for number, (graph, encoding) in enumerate(stages.values()):
        args += ["-filter_complex", f"{graph}[even{number}]", "-map", f"[even{number}]", *encoding]
        args += ["-f", "null", "-", "-dec", f"{number}:0"]
    labels = {index: f"dec:{number}" for number, index in enumerate(stages)}
    graph = ladder_graph(info, plan, labels)
    return [*args, "-filter_complex", graph] if graph else []


def _stages(info: SourceInfo, plan: LadderPlan) -> dict[int, tuple[str, list[str]]]:
    """Yield, for each track that needs one, its stateless graph and the lossless encoding of that graph's output."""
    if not has_option("drop_changed"):
        return {}
    stages = {}
    if _needs_one_size(info, plan):
        graph = f"[0:{info.video_index}]{_one_size(info, plan)}"
        encoding = ["-c:v", "wrapped_avframe", "-fps_mode", "passthrough", "-enc_time_base", "demux"]
        stages[info.video_index] = graph, encoding
    for sound in plan.sounds:
        graph = f"[0:{sound.index}]aresample=48000,{_SOUND_FORMAT}"
        stages[sound.index] = graph, ["-c:a", "pcm_f32le"]
    return stages


def _needs_one_size(info: SourceInfo, plan: LadderPlan) -> bool:
    is_encoded = len(plan.renditions) > int(plan.copies_top) and not info.is_audio_only
    return is_encoded and not info.is_steady and has_option("drop_changed")


def _one_size(info: SourceInfo, plan: LadderPlan) -> str:
    """Return a filter that brings all frames to the largest rendition's size, with bars where the shape differs."""
    top = plan.renditions[int(plan.copies_top)]
    width = f"'max(2,2*round(min({top.width},{top.height}*dar)/2))'"
    height = f"'max(2,2*round(min({top.height},{top.width}/dar)/2))'"
    pad = f"pad={top.width}:{top.height}:-1:-1:eval=frame"
    return ",".join(
        [*_deinterlace(info), *_picture(info, width, height, more=":eval=frame"), pad, "setsar=1"]
    )


def ladder_graph(info: SourceInfo, plan: LadderPlan, labels: Mapping[int, str] = MappingProxyType({})) -> str:
    """Return a `-filter_complex` with outputs [v0], [v1], ... and [a0], [a1], ... in the plan's order.

    Each rung is scaled from the one above it, which costs half of scaling each from the source. A copied rendition
    has no output; the graph is empty when there is nothing to filter. `labels` names the inputs of tracks that are
    not read from the source directly.
    """
    first = int(plan.copies_top)
    chains = [_first_chain(info, plan, first, labels)] if first < len(plan.renditions) else []
    for number, rendition in enumerate(plan.renditions[first + 1 :], start=first + 1):
        step = "framestep=2," if rendition.halves_rate and not plan.renditions[number - 1].halves_rate else ""
        chain = f"[s{number}]{step}scale={rendition.width}:{rendition.height}:flags=bicubic,setsar=1"
        chains.append(f"{chain}{_outlet(number, plan)}")
    sound_seconds = plan.duration + SOUND_TAIL_SECONDS
    for number, sound in enumerate(plan.sounds):
        gain = f"volume={sound.gain_db:.2f}dB," if sound.gain_db else ""
        chains.append(
            f"[{_label(sound.index, labels)}]aresample=48000:async=1000:first_pts=0,{gain}"
            f"{_SOUND_FORMAT},apad=whole_dur={sound_seconds:.6f}[a{number}]"
        )
    return ";".join(chains)


def _label(index: int, labels: Mapping[int, str]) -> str:
    return labels.get(index, f"0:{index}")


def _first_chain(info: SourceInfo, plan: LadderPlan, number: int, labels: Mapping[int, str]) -> str:
    """Return the filters from the source to the largest rendition that is encoded."""
    top = plan.renditions[number]
    if info.is_audio_only:
        return f"{_waveform(info, plan, top.width, top.height, labels)}{_outlet(number, plan)}"
    is_even = info.video_index in labels
    steps = [] if is_even else _deinterlace(info)
    steps.append(f"fps={plan.frame_rate}:start_time=0")
    if plan.held_seconds:
        steps.append(f"tpad=stop_mode=clone:stop_duration={plan.held_seconds:.6f}")
    if top.halves_rate:
        steps.append("framestep=2")
    if not is_even:
        steps += _picture(info, str(top.width), str(top.height))
    return f"[{_label(info.video_index, labels)}]{','.join(steps)}{_outlet(number, plan)}"


def _waveform(info: SourceInfo, plan: LadderPlan, width: int, height: int, labels: Mapping[int, str]) -> str:
    """Return filters that draw the moving waveform over the site's dark green, beside any cover art."""
    backdrop = f"color=c=0x0f1f1c:s={width}x{height}:r={plan.frame_rate}"
    left = 0
    if info.cover_index >= 0:
        side = round(height * COVER_SHARE / 2) * 2
        margin = round(width * COVER_MARGIN / 2) * 2
        left = side + 2 * margin
        # Repeated by `loop`, because `overlay` would otherwise wait for a second picture until the sound ends.
        cover = (
            f"[0:{info.cover_index}]scale={side}:{side}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
            f"setsar=1,format=yuv420p,loop=-1:1,setpts=N/({plan.frame_rate})/TB[cover]"
        )
        backdrop = f"{backdrop}[plain];{cover};[plain][cover]overlay=x={left / 2:.0f}-w/2:y=(H-h)/2"
    filled = f"apad=whole_dur={plan.duration:.6f},aformat=channel_layouts=mono"
    waves = f"showwaves=s={width - left}x{height}:mode=cline:rate={plan.frame_rate}:colors=0x63d6c0:draw=full"
    return (
        f"{backdrop}[backdrop];[{_label(plan.sounds[0].index, labels)}]{filled},{waves},format=rgba[waves];"
        f"[backdrop][waves]overlay=x={left}:shortest=1,"
        f"fps={plan.frame_rate}:start_time=0,setsar=1,format=yuv420p,{_TAGS}"
    )


def _outlet(number: int, plan: LadderPlan) -> str:
    is_last = number == len(plan.renditions) - 1
    return f"[v{number}]" if is_last else f",split[v{number}][s{number + 1}]"


def _deinterlace(info: SourceInfo) -> list[str]:
    return ["bwdif=mode=send_field:deint=interlaced"] if info.interlaced else []


def _picture(info: SourceInfo, width: str, height: str, *, more: str = "") -> list[str]:
    """Return filters for this size (pixels or expressions) and the ladder's colors; `more` are options for `scale`."""
    if info.is_hdr and can_tone_map():
        return [*_tone_map(info, width, height), "setsar=1", _TAGS]
    if info.color_primaries in _WIDE and has_filters("zscale"):
        to_sdr = f"zscale=w={width}:h={height}:tin=bt709:{_wide_colors(info)}:t=bt709:p=bt709:m=bt709:r=tv"
        return [to_sdr, "format=yuv420p", "setsar=1", _TAGS]
    matrix = "" if info.matrix_known else f":in_color_matrix={_guessed_matrix(info)}"
    scale = f"scale={width}:{height}:flags=bicubic{more}{matrix}:out_color_matrix=bt709:out_range=tv"
    return [scale, "setsar=1", "format=yuv420p", _TAGS]


def can_tone_map() -> bool:
    """Return whether this ffmpeg can convert high dynamic range."""
    return has_filters("zscale", "tonemap")


def _guessed_matrix(info: SourceInfo) -> str:
    return "bt709" if min(info.width, info.height) >= HD_LINES else "smpte170m"


def _tone_map(info: SourceInfo, width: str, height: str) -> list[str]:
    """Return filters that keep light up to diffuse white and compress brighter light with mobius.

    They scale first: the float arithmetic of tone mapping is the most expensive step per pixel.
    """
    transfer = _TRANSFERS[info.color_transfer]
    return [
        f"zscale=w={width}:h={height}:tin={transfer}:{_wide_colors(info)}:t=linear:npl={SDR_WHITE_NITS}",
        "format=gbrpf32le",
        "zscale=p=bt709",
        f"tonemap=tonemap=mobius:param={MOBIUS_KNEE}:desat=0:peak={_signal_peak(info):.4f}",
        "zscale=t=bt709:m=bt709:r=tv",
        "format=yuv420p",
    ]


def _wide_colors(info: SourceInfo) -> str:
    """Return the source's primaries and matrix for zscale, by default BT.2020."""
    primaries = _PRIMARIES.get(info.color_primaries, "bt2020")
    matrix = "gbr" if info.pix_fmt.startswith("gbr") else _MATRICES.get(info.color_matrix, "bt2020nc")
    return f"pin={primaries}:min={matrix}"


def _signal_peak(info: SourceInfo) -> float:
    """Return the source's brightest light as a multiple of diffuse white."""
    # HLG is relative: its peak is that of the screen it is shown on, 1000 cd/m² by ITU-R BT.2100.
    nits = info.peak_nits if info.color_transfer == "pq" and info.peak_nits else DEFAULT_PEAK_NITS
    return min(max(nits, SDR_WHITE_NITS * MIN_PEAK), PQ_PEAK_NITS) / SDR_WHITE_NITS
