"""Read, cut and join media segments of our own single-track fragmented MP4 files."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, NamedTuple

_PARENTS = (b"moov", b"trak", b"mdia", b"mvex", b"edts", b"moof", b"traf")
_HEADER = 8
# Flags of `tfhd` and `trun` (ISO 14496-12, 8.8.7 and 8.8.8).
_BASE_OFFSET, _DESCRIPTION, _DURATION, _SIZE, _FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_RUN_DURATION, _RUN_SIZE, _RUN_FLAGS, _RUN_COMPOSITION = 0x100, 0x200, 0x400, 0x800
_RUN_FIELDS = (_RUN_DURATION, _RUN_SIZE, _RUN_FLAGS, _RUN_COMPOSITION)
_NOT_A_KEY = 0x10000


@dataclass(frozen=True)
class Track:
    """The track of an init segment: ticks per second, the presentation's first tick, defaults of samples."""

    timescale: int
    presentation_start: int
    duration: int
    size: int
    flags: int


class Sample(NamedTuple):
    """A frame: decode time, duration and composition offset in ticks, `size` in bytes."""

    time: int
    duration: int
    size: int
    offset: int
    is_key: bool


@dataclass(frozen=True)
class Fragment:
    """A `moof` with its samples; `offset` is its position in the segment, `data` that of the first sample."""

    offset: int
    moof: bytes
    data: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class SegmentFacts:
    """Presentation `start` and `end` in seconds, `size` in bytes, and the byte range up to the first key frame.

    `key_length` is 0 when the segment does not start with a key frame.
    """

    start: Fraction
    end: Fraction
    size: int
    key_offset: int
    key_length: int


def read_track(init: Path) -> Track:
    """Read the init segment at `init`. Raises ValueError when it is broken."""
    try:
        found = _index(init.read_bytes())
        header, defaults, edits = found[b"mdhd"], found[b"trex"], found.get(b"elst", b"")
        timescale = struct.unpack_from(">I", header, 20 if header[0] else 12)[0]
        duration, size, flags = struct.unpack_from(">III", defaults, 12)
    except (KeyError, IndexError, struct.error) as error:
        raise ValueError("broken init segment") from error
    if not timescale:
        raise ValueError("broken init segment")
    return Track(timescale, _presentation_start(edits), duration, size, flags)


def read_segment(path: Path, track: Track) -> SegmentFacts:
    """Measure the segment at `path` by its headers alone. Raises ValueError when it is broken."""
    with path.open("rb") as file:
        fragments = list(_fragments(file, track))
    if not fragments or not all(fragment.samples for fragment in fragments):
        raise ValueError(f"{path.name}: no samples")
    first = fragments[0]
    key = first.samples[0]
    end = max(
        sample.time + sample.offset + sample.duration for fragment in fragments for sample in fragment.samples
    )
    return SegmentFacts(
        start=_seconds(key.time + key.offset, track),
        end=_seconds(end, track),
        size=path.stat().st_size,
        key_offset=first.offset,
        key_length=first.data + key.size - first.offset if key.is_key else 0,
    )


def cut_segment(path: Path, track: Track, end: Fraction) -> bytes:
    """Return the segment at `path` without the samples that last beyond `end` seconds; empty when none is left.

    For tracks without reordering, such as audio. Raises ValueError when the segment is broken.
    """
    content = path.read_bytes()
    with path.open("rb") as file:
        fragments = list(_fragments(file, track))
    kept = bytearray(content[: fragments[0].offset] if fragments else b"")
    left = False
    for fragment in fragments:
        count = sum(_seconds(sample.time + sample.duration, track) <= end for sample in fragment.samples)
        if count:
            kept += _shortened(content, fragment, count)
            left = True
    return _reindexed(bytes(kept), track) if left else b""


def join_segments(first: Path, second: Path, track: Track) -> bytes:
    """Return one segment with the fragments of two successive ones. Raises ValueError when one is broken."""
    content = second.read_bytes()
    with second.open("rb") as file:
        fragments = list(_fragments(file, track))
    if not fragments:
        raise ValueError(f"{second.name}: no samples")
    return _reindexed(first.read_bytes() + content[fragments[0].offset :], track)


def _fragments(file: BinaryIO, track: Track) -> Iterator[Fragment]:
    """Yield every `moof` of a segment, skipping the media data."""
    position = 0
    while len(header := file.read(_HEADER)) == _HEADER:
        size, kind = struct.unpack(">I4s", header)
        if size < _HEADER:
            raise ValueError("broken box")
        if kind == b"moof":
            moof = header + file.read(size - _HEADER)
            try:
                yield _read_fragment(moof, position, track)
            except (KeyError, IndexError, struct.error) as error:
                raise ValueError("broken fragment") from error
        position += size
        file.seek(position)


def _read_fragment(moof: bytes, position: int, track: Track) -> Fragment:
    found = _index(moof)
    defaults, run, clock = found[b"tfhd"], found[b"trun"], found[b"tfdt"]
    duration, size, flags = _defaults(defaults, track)
    time = struct.unpack_from(">Q" if clock[0] else ">I", clock, 4)[0] - track.presentation_start
    what, count, data_offset, first_flags, entries = _run_header(run)
    present = [what & flag for flag in _RUN_FIELDS]
    row = struct.Struct(
        ">" + "".join(kind for kind, is_there in zip("IIIi", present, strict=True) if is_there)
    )
    samples = []
    for number in range(count):
        values = iter(row.unpack_from(run, entries + number * row.size))
        lasts, length, marks, offset = (
            next(values) if is_there else default
            for is_there, default in zip(present, (duration, size, flags, 0), strict=True)
        )
        if number == 0 and first_flags is not None:
            marks = first_flags
        samples.append(Sample(time, lasts, length, offset, not marks & _NOT_A_KEY))
        time += lasts
    return Fragment(position, moof, position + data_offset, tuple(samples))


def _run_header(run: bytes) -> tuple[int, int, int, int | None, int]:
    """Return flags, sample count, data offset from the `moof`, first sample's flags, and position of the entries."""
    what = int.from_bytes(run[1:4], "big")
    count, data_offset = struct.unpack_from(">Ii", run, 4)
    if not what & _DATA_OFFSET:
        raise ValueError("a run without a data offset")
    if what & _FIRST_FLAGS:
        return what, count, data_offset, struct.unpack_from(">I", run, 12)[0], 16
    return what, count, data_offset, None, 12


def _defaults(header: bytes, track: Track) -> tuple[int, int, int]:
    what = int.from_bytes(header[1:4], "big")
    position = 8 + 8 * bool(what & _BASE_OFFSET) + 4 * bool(what & _DESCRIPTION)
    values = [track.duration, track.size, track.flags]
    for number, flag in enumerate((_DURATION, _SIZE, _FLAGS)):
        if what & flag:
            values[number] = struct.unpack_from(">I", header, position)[0]
            position += 4
    return values[0], values[1], values[2]


def _shortened(content: bytes, fragment: Fragment, count: int) -> bytes:
    """Return the fragment with its first `count` samples only."""
    data = fragment.data
    if data != fragment.offset + len(fragment.moof) + _HEADER:
        raise ValueError("media data in an unexpected place")
    media = content[data : data + sum(sample.size for sample in fragment.samples[:count])]
    return _shortened_moof(fragment.moof, count) + struct.pack(">I4s", len(media) + _HEADER, b"mdat") + media


def _shortened_moof(moof: bytes, count: int) -> bytes:
    traf = moof.index(b"traf") - 4
    trun = moof.index(b"trun", traf) - 4
    size = struct.unpack_from(">I", moof, trun)[0]
    what, _, data_offset, _, entries = _run_header(moof[trun + _HEADER : trun + size])
    kept = _HEADER + entries + 4 * count * sum(bool(what & flag) for flag in _RUN_FIELDS)
    removed = size - kept
    run = bytearray(moof[trun : trun + kept])
    struct.pack_into(">I", run, 0, kept)
    struct.pack_into(">Ii", run, _HEADER + 4, count, data_offset - removed)
    changed = bytearray(moof[:trun] + run + moof[trun + size :])
    for position in (0, traf):
        struct.pack_into(">I", changed, position, struct.unpack_from(">I", moof, position)[0] - removed)
    return bytes(changed)


def _reindexed(content: bytes, track: Track) -> bytes:
    """Return the segment with its `sidx`, if it has one, covering all of its fragments."""
    boxes = list(_walk(content))
    position = next((at for kind, at, _ in boxes if kind == b"sidx"), None)
    if position is None:
        return content
    changed = bytearray(content)
    reference = position + _HEADER + (28 if content[position + _HEADER] else 20) + 4
    length = sum(size for kind, _, size in boxes if kind in (b"moof", b"mdat"))
    runs = [_read_fragment(content[at : at + size], at, track) for kind, at, size in boxes if kind == b"moof"]
    ticks = sum(sample.duration for fragment in runs for sample in fragment.samples)
    struct.pack_into(">II", changed, reference, length, ticks)
    return bytes(changed)


def _walk(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, position and size of the top-level boxes."""
    position = 0
    while position + _HEADER <= len(content):
        size, kind = struct.unpack_from(">I4s", content, position)
        if size < _HEADER:
            raise ValueError("broken box")
        yield kind, position, size
        position += size


def _index(content: bytes) -> dict[bytes, bytes]:
    """Return the body of the first box of each kind, at any depth."""
    found: dict[bytes, bytes] = {}
    for kind, position, size in _walk(content):
        body = content[position + _HEADER : position + size]
        found.setdefault(kind, body)
        if kind in _PARENTS:
            for inner, value in _index(body).items():
                found.setdefault(inner, value)
    return found


def _presentation_start(edits: bytes) -> int:
    """Return the media time at which a one-entry edit list starts; 0 without one or with an empty edit."""
    if not edits or struct.unpack_from(">I", edits, 4)[0] != 1:
        return 0
    start: int = struct.unpack_from(">q" if edits[0] else ">i", edits, 16 if edits[0] else 12)[0]
    return max(start, 0)


def _seconds(ticks: int, track: Track) -> Fraction:
    return Fraction(ticks, track.timescale)
