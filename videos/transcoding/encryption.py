"""Detect encrypted (copy-protected) files, which cannot be converted.

Only headers are read, within fixed bounds; nothing is decoded.
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from videos.transcoding.sniff import ASF, ISO_BMFF, MATROSKA, MPEG_PS, MPEG_TS, Container

MIB = 1024 * 1024
MAX_HEADER_BYTES = 64 * MIB
MAX_ELEMENTS = 10_000
PROOF_BYTES = 2 * MIB

# Sample entries of protected tracks: Common Encryption (ISO 23001-7) and FairPlay.
_PROTECTED_ENTRIES = frozenset({b"encv", b"enca", b"enct", b"encs", b"drmi", b"drms"})
_BOX_PARENTS = frozenset({b"trak", b"mdia", b"minf", b"stbl"})
_STSD_HEADER = 8

_SEGMENT, _TRACKS, _CLUSTER = 0x18538067, 0x1654AE6B, 0x1F43B675
_TRACK_PARENTS = frozenset({0xAE, 0x6D80, 0x6240})
_CONTENT_ENCRYPTION = 0x5035

# Content Encryption Object and Extended Content Encryption Object.
_ASF_ENCRYPTION = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),
)


def is_encrypted(path: Path, container: Container) -> bool:
    """Return whether the headers of the file at `path` declare encrypted content."""
    check = _CHECKS.get(container)
    if check is None:
        return False
    with path.open("rb") as file:
        try:
            return check(file)
        except (struct.error, IndexError, ValueError):
            return False  # damaged; the probe finds the words for that


def _mp4(file: BinaryIO) -> bool:
    end = file.seek(0, 2)
    offset = 0
    for _ in range(MAX_ELEMENTS):
        file.seek(offset)
        header = file.read(16)
        size, kind = struct.unpack_from(">I4s", header)
        start = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", header, 8)
            start = 16
        if kind == b"moov":
            file.seek(offset + start)
            return any(entry in _PROTECTED_ENTRIES for entry in _sample_entries(file.read(MAX_HEADER_BYTES)))
        if size < start or offset + size >= end:
            return False
        offset += size
    return False


def _sample_entries(data: bytes) -> Iterator[bytes]:
    """Return the four-letter code of every sample entry among the children of a `moov` box."""
    for kind, body in _boxes(memoryview(data)):
        if kind == b"stsd":
            yield from (entry for entry, _ in _boxes(body[_STSD_HEADER:]))
        elif kind in _BOX_PARENTS:
            yield from _sample_entries(bytes(body))


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    offset = 0
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size < 8:
            return
        yield kind, data[offset + 8 : offset + size]
        offset += size


def _matroska(file: BinaryIO) -> bool:
    """Walk from element to element up to the tracks, which precede the first cluster."""
    offset = 0
    for _ in range(MAX_ELEMENTS):
        file.seek(offset)
        kind, size, start = _element(file.read(12), 0)
        if kind == _TRACKS:
            file.seek(offset + start)
            return _has_encryption(file.read(min(size, MAX_HEADER_BYTES)))
        if kind == _CLUSTER or size < 0:
            return False
        offset += start if kind == _SEGMENT else start + size
    return False


def _has_encryption(data: bytes) -> bool:
    offset = 0
    while offset < len(data):
        kind, size, start = _element(data, offset)
        if kind == _CONTENT_ENCRYPTION:
            return True
        if kind in _TRACK_PARENTS and _has_encryption(data[offset + start : offset + start + size]):
            return True
        if size < 0:
            return False
        offset += start + size
    return False


def _element(data: bytes, offset: int) -> tuple[int, int, int]:
    """Return the id of the EBML element at `offset`, its content, and the size of its header (RFC 8794)."""
    id_length = 9 - data[offset].bit_length()
    kind = int.from_bytes(data[offset : offset + id_length], "big")
    first = data[offset + id_length]
    length = 9 - first.bit_length()
    if id_length > 4 or length > 8:
        raise ValueError("no element")
    rest = data[offset + id_length : offset + id_length + length]
    size = int.from_bytes(rest, "big") & ((1 << 7 * length) - 1)
    return kind, size, id_length + length


def _asf(file: BinaryIO) -> bool:
    head = file.read(64 * 1024)
    return any(guid in head for guid in _ASF_ENCRYPTION)


def _transport_stream(file: BinaryIO) -> bool:
    """Return whether most packets are scrambled (`transport_scrambling_control` of ISO 13818-1, 2.4.3.2)."""
    data = file.read(PROOF_BYTES)
    size, start = (188, 0) if data[188:189] == b"\x47" else (192, 4)
    controls = [byte >> 6 for byte in data[start + 3 :: size]]
    return sum(control != 0 for control in controls) * 2 > len(controls)


def _program_stream(file: BinaryIO) -> bool:
    """Return whether most video packets are scrambled, as on a DVD (`PES_scrambling_control`)."""
    data = file.read(PROOF_BYTES)
    flags = []
    at = data.find(b"\x00\x00\x01\xe0")
    while 0 <= at < len(data) - 6:
        flags.append(data[at + 6])
        at = data.find(b"\x00\x00\x01\xe0", at + 4)
    # The two upper bits tell MPEG-2, which alone has the field.
    return sum(flag & 0xC0 == 0x80 and flag & 0x30 != 0 for flag in flags) * 2 > len(flags)


_CHECKS: dict[Container, Callable[[BinaryIO], bool]] = {
    ISO_BMFF: _mp4,
    MATROSKA: _matroska,
    ASF: _asf,
    MPEG_TS: _transport_stream,
    MPEG_PS: _program_stream,
}
