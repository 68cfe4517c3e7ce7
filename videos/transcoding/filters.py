"""From any accepted source to the pictures of a plan: SDR, BT.709, square pixels, constant rate."""

from .ffmpeg import has_filters
from .ladder import LadderPlan
from .probe import SourceInfo

# Below this many lines an untagged picture is standard definition, coded with the older matrix.
HD_LINES = 720
SDR_WHITE_NITS = 203
# Cover art beside a drawn sound: its longer side as a share of the height, the margins as a share of the width.
COVER_SHARE, COVER_MARGIN = 0.6, 0.05

_TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
_TRANSFERS = {"pq": "smpte2084", "hlg": "arib-std-b67"}


def ladder_graph(info: SourceInfo, plan: LadderPlan) -> str:
    """A `-filter_complex` with outputs [v0], [v1], ... and [a0], [a1], ... in the order of the plan.

    Each rung is scaled from the one above it, which costs half of scaling each from the source. A rendition that is
    copied has no output; the graph is empty when there is nothing to filter.
    """
    first = int(plan.copies_top)
    chains = [_first_chain(info, plan, first)] if first < len(plan.renditions) else []
    for number, rendition in enumerate(plan.renditions[first + 1 :], start=first + 1):
        step = "framestep=2," if rendition.halves_rate and not plan.renditions[number - 1].halves_rate else ""
        chain = f"[s{number}]{step}scale={rendition.width}:{rendition.height}:flags=bicubic"
        chains.append(f"{chain}{_outlet(number, plan)}")
    for number, sound in enumerate(plan.sounds):
        gain = f"volume={sound.gain_db:.2f}dB," if sound.gain_db else ""
        chains.append(
            f"[0:{sound.index}]aresample=48000:async=1000:first_pts=0,{gain}"
            f"aformat=sample_fmts=fltp:channel_layouts=stereo,apad=whole_dur={plan.duration:.6f}[a{number}]"
        )
    return ";".join(chains)


def _first_chain(info: SourceInfo, plan: LadderPlan, number: int) -> str:
    """From the source to the largest rendition that is encoded."""
    top = plan.renditions[number]
    if info.is_audio_only:
        return f"{_drawn_sound(info, plan, top.width, top.height)}{_outlet(number, plan)}"
    steps = [*_deinterlace(info), f"fps={plan.frame_rate}:start_time=0"]
    if plan.held_seconds:
        steps.append(f"tpad=stop_mode=clone:stop_duration={plan.held_seconds:.6f}")
    if top.halves_rate:
        steps.append("framestep=2")
    steps += _picture(info, top.width, top.height)
    return f"[0:{info.video_index}]{','.join(steps)}{_outlet(number, plan)}"


def _drawn_sound(info: SourceInfo, plan: LadderPlan, width: int, height: int) -> str:
    """The waveform as it passes by, over the site's dark green, beside the cover art if there is any."""
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
        f"{backdrop}[backdrop];[0:{plan.sounds[0].index}]{filled},{waves},format=rgba[waves];"
        f"[backdrop][waves]overlay=x={left}:shortest=1,"
        f"fps={plan.frame_rate}:start_time=0,setsar=1,format=yuv420p,{_TAGS}"
    )


def _outlet(number: int, plan: LadderPlan) -> str:
    is_last = number == len(plan.renditions) - 1
    return f"[v{number}]" if is_last else f",split[v{number}][s{number + 1}]"


def _deinterlace(info: SourceInfo) -> list[str]:
    return ["bwdif=mode=send_field:deint=interlaced"] if info.interlaced else []


def _picture(info: SourceInfo, width: int, height: int) -> list[str]:
    if info.is_hdr and has_filters("zscale", "tonemap"):
        return [*_tone_map(info, width, height), "setsar=1", _TAGS]
    matrix = "" if info.matrix_known else f":in_color_matrix={_guessed_matrix(info)}"
    scale = f"scale={width}:{height}:flags=bicubic{matrix}:out_color_matrix=bt709:out_range=tv"
    return [scale, "setsar=1", "format=yuv420p", _TAGS]


def _guessed_matrix(info: SourceInfo) -> str:
    return "bt709" if min(info.width, info.height) >= HD_LINES else "smpte170m"


def _tone_map(info: SourceInfo, width: int, height: int) -> list[str]:
    """Scales first: the float arithmetic of tone mapping is the most expensive step per pixel."""
    transfer = _TRANSFERS[info.color_transfer]
    return [
        f"zscale=w={width}:h={height}:tin={transfer}:pin=bt2020:min=bt2020nc:t=linear:npl={SDR_WHITE_NITS}",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
        "format=yuv420p",
    ]
