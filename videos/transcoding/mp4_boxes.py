"""Read codec and size from the init segment of our own fragmented MP4 files."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_STSD_HEADER = 8
_VISUAL_ENTRY = 78
_AUDIO_ENTRY = 28


@dataclass(frozen=True)
class InitSegment:
    """An init segment: `codec` as in RFC 6381 (avc1.640028, mp4a.40.2, ...); audio has no width and height."""

    codec: str
    width: int = 0
    height: int = 0


def read_init(path: Path) -> InitSegment:
    """Return the one track of the init segment at `path`. Raises ValueError when it is not one of ours."""
    try:
        return _read_sample_entry(path.read_bytes())
    except (IndexError, struct.error) as error:
        raise ValueError("broken init segment") from error


def _read_sample_entry(data: bytes) -> InitSegment:
    for kind, body in _walk(data):
        if kind in _PICTURE_CODECS:
            width, height = struct.unpack_from(">HH", body, 24)
            box, describe = _PICTURE_CODECS[kind]
            return InitSegment(describe(_child(body[_VISUAL_ENTRY:], box)), width, height)
        if kind == b"mp4a":
            descriptor = _child(body[_AUDIO_ENTRY:], b"esds")
            return InitSegment(f"mp4a.40.{_audio_object_type(descriptor)}")
    raise ValueError("no known track in the init segment")


def _walk(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield every box down to the sample entries, parents first."""
    for kind, body in _boxes(data):
        yield kind, body
        if kind in _CONTAINERS:
            yield from _walk(body)
        elif kind == b"stsd":
            yield from _boxes(body[_STSD_HEADER:])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size < 8:
            raise ValueError("broken box")
        yield kind, data[offset + 8 : offset + size]
        offset += size


def _child(data: bytes, wanted: bytes) -> bytes:
    for kind, body in _boxes(data):
        if kind == wanted:
            return body
    raise ValueError(f"no {wanted.decode()} box")


def _avc(config: bytes) -> str:
    return f"avc1.{config[1:4].hex()}"


def _vp9(config: bytes) -> str:
    """Return the codec string: profile, level and bit depth follow version and flags (VP9 in ISO BMFF)."""
    return f"vp09.{config[4]:02}.{config[5]:02}.{config[6] >> 4:02}"


def _av1(config: bytes) -> str:
    """Return the codec string: profile and level share a byte; tier and bit depth follow (AV1 in ISO BMFF)."""
    tier = "H" if config[2] & 0x80 else "M"
    depth = 8 if not config[2] & 0x40 else 12 if config[2] & 0x20 else 10
    return f"av01.{config[1] >> 5}.{config[1] & 0x1F:02}{tier}.{depth:02}"


_PICTURE_CODECS: dict[bytes, tuple[bytes, Callable[[bytes], str]]] = {
    b"avc1": (b"avcC", _avc),
    b"vp09": (b"vpcC", _vp9),
    b"av01": (b"av1C", _av1),
}


def _audio_object_type(esds: bytes) -> int:
    """Return the MPEG-4 audio object type from the DecoderSpecificInfo descriptor (ISO 14496-1, tag 5)."""
    offset = 4
    while offset < len(esds):
        tag = esds[offset]
        offset += 1
        length = 0
        while esds[offset] & 0x80:
            length = length << 7 | esds[offset] & 0x7F
            offset += 1
        length = length << 7 | esds[offset]
        offset += 1
        if tag == 3:
            # ES_ID and flags; our muxer sets none of the optional fields.
            offset += 3
        elif tag == 4:
            offset += 13
        elif tag == 5:
            return esds[offset] >> 3
        else:
            offset += length
    raise ValueError("no audio configuration")
