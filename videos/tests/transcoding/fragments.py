"""Reads when a fragment starts, as a browser does: decode time plus composition offset minus the edit list's start."""

import struct
from collections.abc import Iterator
from pathlib import Path

PARENTS = (b"moov", b"trak", b"edts", b"mdia", b"moof", b"traf")


def segment_starts(folder: Path) -> list[float]:
    """Return the earliest presentation time, in seconds, of each segment of a rendition."""
    init = boxes((folder / "init.mp4").read_bytes())
    scale = struct.unpack_from(">I", init[b"mdhd"], 12)[0]
    # One entry: duration of the movie, then the media time at which presentation starts.
    start = struct.unpack_from(">i", init[b"elst"], 12)[0] if b"elst" in init else 0
    return [
        round((_first_tick(path.read_bytes()) - start) / scale, 3) for path in sorted(folder.glob("*.m4s"))
    ]


def boxes(data: bytes) -> dict[bytes, bytes]:
    """Return the first box of each kind, at any depth."""
    found: dict[bytes, bytes] = {}
    for kind, body in _walk(data):
        found.setdefault(kind, body)
    return found


def _walk(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        body = data[offset + 8 : offset + size]
        yield kind, body
        if kind in PARENTS:
            yield from _walk(body)
        offset += size


def _first_tick(segment: bytes) -> int:
    found = boxes(segment)
    tfdt, tfhd, trun = found[b"tfdt"], found[b"tfhd"], found[b"trun"]
    decode_time = struct.unpack_from(">Q" if tfdt[0] else ">I", tfdt, 4)[0]
    header_flags, run_flags = (int.from_bytes(box[1:4], "big") for box in (tfhd, trun))
    offset = 8 + 8 * bool(header_flags & 0x1) + 4 * bool(header_flags & 0x2)
    default_duration = struct.unpack_from(">I", tfhd, offset)[0] if header_flags & 0x8 else 0
    offset = 8 + 4 * bool(run_flags & 0x1) + 4 * bool(run_flags & 0x4)
    ticks = []
    for _ in range(struct.unpack_from(">I", trun, 4)[0]):
        duration, composition = default_duration, 0
        for flag in (0x100, 0x200, 0x400, 0x800):
            if run_flags & flag:
                value = struct.unpack_from(">i", trun, offset)[0]
                duration = value if flag == 0x100 else duration
                composition = value if flag == 0x800 else composition
                offset += 4
        ticks.append(decode_time + composition)
        decode_time += duration
    return min(ticks)
