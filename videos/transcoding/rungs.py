"""Sizes, names and maximum bit rates of a ladder's rungs. Pure.

A rung is named by the lines of the smallest 16:9 frame, landscape or portrait, that contains it. A film of
1920x800 is "1080p", and so is one of 1080x1920. No rung exceeds the source.
"""

import math
from dataclasses import dataclass

from .profiles import STANDARD_SHORT_SIDES

# A source this close to a standard rung takes its name.
SAME_RUNG_RATIO = 1.03
# At least this much lies between the source's own size and the next rung; a closer one would be encoded for nothing.
NEXT_RUNG_RATIO = 1.15
# Cinema's 4096x2160 is a little wider than 16:9; it is not above a limit of 2160 lines.
CINEMA_RATIO = 1.07
# No rung but the source's own is flatter.
MIN_SIDE = 16


@dataclass(frozen=True)
class Rung:
    """Maximum bit rates (bits/s) for 16:9 video at up to 30 frames per second, and above."""

    lines: int
    bitrate_30: int
    bitrate_60: int


RUNGS = (
    Rung(2160, 14_000_000, 20_000_000),
    Rung(1440, 8_000_000, 12_000_000),
    Rung(1080, 5_000_000, 7_500_000),
    Rung(720, 2_800_000, 4_200_000),
    Rung(480, 1_400_000, 2_100_000),
    Rung(360, 800_000, 1_200_000),
    Rung(240, 400_000, 600_000),
    Rung(144, 200_000, 300_000),
)


@dataclass(frozen=True)
class Size:
    """A rung's nominal lines and its size in pixels."""

    lines: int
    width: int
    height: int


def display_lines(width: int, height: int) -> float:
    """Return the lines of the smallest 16:9 frame, landscape or portrait, that contains this size."""
    return max(min(width, height), max(width, height) * 9 / 16)


def ladder_sizes(width: int, height: int, allowed: tuple[int, ...] = STANDARD_SHORT_SIDES) -> list[Size]:
    """Return every rung for a source of this size, the largest first.

    The largest keeps the source's size unless it has more lines than the largest of `allowed`; below it are those
    of `allowed` that are clearly smaller.
    """
    source = display_lines(width, height)
    if _is_within(width, height, allowed[0]):
        top = _named_lines(source, allowed[0])
        rungs = [Size(top, _even(width), _even(height))]
        lower = [lines for lines in allowed if lines * NEXT_RUNG_RATIO <= source]
    else:
        rungs = [_scaled(width, height, allowed[0])]
        lower = list(allowed[1:])
    for lines in lower:
        size = _scaled(width, height, lines)
        if min(size.width, size.height) >= MIN_SIDE:
            rungs.append(size)
    return rungs


def max_bitrate(width: int, height: int, *, fast: bool) -> int:
    """Return the maximum bit rate (bits/s) for this size; `fast` means above 30 frames per second.

    It is that of the 16:9 frame with the same number of pixels, interpolated linearly between two rungs.
    """
    lines = math.sqrt(width * height * 9 / 16)
    lower = max((rung for rung in RUNGS if rung.lines <= lines), key=_by_lines, default=RUNGS[-1])
    upper = min((rung for rung in RUNGS if rung.lines >= lines), key=_by_lines, default=RUNGS[0])
    low, high = (lower.bitrate_60, upper.bitrate_60) if fast else (lower.bitrate_30, upper.bitrate_30)
    span = upper.lines - lower.lines
    bitrate = low + (high - low) * (lines - lower.lines) / span if span > 0 else float(low)
    return round(bitrate / 1000) * 1000


def _is_within(width: int, height: int, limit: int) -> bool:
    lines = display_lines(width, height)
    return lines <= limit * SAME_RUNG_RATIO or (min(width, height) <= limit and lines <= limit * CINEMA_RATIO)


def _named_lines(lines: float, limit: int) -> int:
    """Return the nominal lines of a source: those of a standard rung if they are close, never above `limit`."""
    nearest = min(STANDARD_SHORT_SIDES, key=lambda standard: abs(standard - lines))
    is_same = 1 / SAME_RUNG_RATIO <= lines / nearest <= SAME_RUNG_RATIO
    return min(nearest if is_same else _nearest_even(lines), limit)


def _scaled(width: int, height: int, lines: int) -> Size:
    """Return a source of this size scaled down to these lines: even, and not above it."""
    share = lines / display_lines(width, height)
    return Size(
        lines,
        min(max(_nearest_even(width * share), 2), _even(width)),
        min(max(_nearest_even(height * share), 2), _even(height)),
    )


def _by_lines(rung: Rung) -> int:
    return rung.lines


def _even(value: int) -> int:
    """Return the largest even number up to `value` (4:2:0 halves both sides)."""
    return value // 2 * 2


def _nearest_even(value: float) -> int:
    return round(value / 2) * 2
