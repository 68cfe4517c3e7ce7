"""Identify a file's container by its first bytes, before any demuxer sees it.

Demuxers also guess from content, and some guesses (an HLS playlist, a concat list, an SDP file) are texts that
name other files or hosts. Only the binary containers below are accepted, and the demuxer is then forced by name.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop

from videos.transcoding.raw_audio import (
    HEADER_BYTES,
    aac_frame_length,
    ac3_frame_length,
    eac3_frame_length,
    mpeg_frame_length,
)

from .errors import UnreadableMedia, UnsupportedMedia

HEAD_BYTES = 8192

SUPPORTED_FORMATS = gettext_noop(
    "Upload video as MP4, MOV, MKV, WebM, AVI, MPEG, or MXF, or audio as MP3, M4A, AAC, FLAC, WAV, or AIFF."
)
IS_TEXT = gettext_noop("This file is a text document, not a video.")
IS_UNKNOWN = gettext_noop("This kind of file isn't supported.")
IS_IMAGE = gettext_noop("This file is an image, not a video.")
TEXT_DETAIL = f"{IS_TEXT} {SUPPORTED_FORMATS}"
UNKNOWN_DETAIL = f"{IS_UNKNOWN} {SUPPORTED_FORMATS}"
EMPTY_DETAIL = gettext_noop("The file is empty. Select it again, or choose another one.")
IMAGE_DETAIL = f"{IS_IMAGE} {SUPPORTED_FORMATS}"


@dataclass(frozen=True)
class Container:
    """A container: `name` is shown and stored; `demuxer` is the only demuxer that may open the file."""

    name: str
    demuxer: str


ISO_BMFF = Container("mp4", "mov")
MATROSKA = Container("matroska", "matroska")
AVI = Container("avi", "avi")
MPEG_TS = Container("mpegts", "mpegts")
MPEG_PS = Container("mpegps", "mpeg")
MPEG_VIDEO = Container("mpegvideo", "mpegvideo")
FLV = Container("flv", "flv")
ASF = Container("asf", "asf")
OGG = Container("ogg", "ogg")
MP3 = Container("mp3", "mp3")
FLAC = Container("flac", "flac")
WAV = Container("wav", "wav")
AIFF = Container("aiff", "aiff")
AAC = Container("aac", "aac")
AC3 = Container("ac3", "ac3")
EAC3 = Container("eac3", "eac3")
MP2 = Container("mp2", "mp3")
AMR = Container("amr", "amr")
MXF = Container("mxf", "mxf")
DV = Container("dv", "dv")
NUT = Container("nut", "nut")
GIF = Container("gif", "gif")

FORMAT_WHITELIST = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mp3,flac,wav,aiff,aac,ac3,eac3,amr,mxf,dv,nut,gif"
)

# First boxes of QuickTime and MP4 files. A file that starts with "moof" or "styp" is a stray segment.
_ISO_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
# Signatures at the very beginning.
_SIGNATURES = (
    (b"\x1a\x45\xdf\xa3", MATROSKA),
    (b"fLaC", FLAC),
    (b"ID3", MP3),
    (b"FLV\x01", FLV),
    (b"OggS\x00", OGG),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), ASF),
    (b"\x00\x00\x01\xba", MPEG_PS),
    (b"\x00\x00\x01\xb3", MPEG_VIDEO),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
    # The key of a header partition pack (SMPTE ST 377-1); files with a run-in before it are not taken.
    (bytes.fromhex("060e2b34020501010d01020101"), MXF),
    (b"nut/multimedia container\x00", NUT),
)
# Kinds of RIFF and IFF files, by the first word and that after the length.
_CHUNKED = {
    (b"RIFF", b"AVI "): AVI,
    (b"RIFF", b"WAVE"): WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"FORM", b"AIFF"): AIFF,
    (b"FORM", b"AIFC"): AIFF,
}
_STILL_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"jxl ", b"crx "})
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
_TS_PROOF_BYTES = 1024
_FRAMINGS: tuple[tuple[Container, Callable[[bytes], int]], ...] = (
    (MP3, lambda header: mpeg_frame_length(header, layer=3)),
    (MP2, lambda header: mpeg_frame_length(header, layer=2)),
    (AAC, aac_frame_length),
    (AC3, ac3_frame_length),
    (EAC3, eac3_frame_length),
)


def sniff(path: Path) -> Container:
    """Return the container of the file at `path`.

    Raises UnreadableMedia for an empty file and UnsupportedMedia for text, images and anything unknown.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return sniff_bytes(head)


def sniff_bytes(head: bytes) -> Container:
    """Return the container that starts with `head`: the first `HEAD_BYTES` bytes, or all of a shorter file."""
    if not head:
        raise UnreadableMedia(EMPTY_DETAIL)
    container = _match(head)
    if container is not None:
        return container
    if head.startswith(_IMAGES) or (head[:4], head[8:12]) == (b"RIFF", b"WEBP"):
        raise UnsupportedMedia(IMAGE_DETAIL)
    raise UnsupportedMedia(TEXT_DETAIL if _looks_like_text(head) else UNKNOWN_DETAIL)


def _match(head: bytes) -> Container | None:
    if head[4:8] in _ISO_FIRST_BOXES:
        if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
            raise UnsupportedMedia(IMAGE_DETAIL)
        return ISO_BMFF
    for signature, container in _SIGNATURES:
        if head.startswith(signature):
            return container
    if chunked := _CHUNKED.get((head[:4], head[8:12])):
        return chunked
    if head.startswith((b"GIF87a", b"GIF89a")) and all(struct.unpack_from("<HH", head.ljust(10, b"\0"), 6)):
        return GIF
    if _is_transport_stream(head[:_TS_PROOF_BYTES]):
        return MPEG_TS
    return DV if _is_dv(head) else _match_raw_audio(head)


def _match_raw_audio(head: bytes) -> Container | None:
    """Match audio without a container: two frames, the second where the first one's header says it ends."""
    for container, frame_length in _FRAMINGS:
        length = frame_length(head)
        if length and frame_length(head[length : length + HEADER_BYTES]):
            return container
    return None


def _is_dv(head: bytes) -> bool:
    """Return whether there is a DIF header block followed by a subcode block (IEC 61834-2)."""
    return head[:3] == b"\x1f\x07\x00" and head[3:4] in (b"\x3f", b"\xbf") and head[80:82] == b"\x3f\x07"


def _is_transport_stream(head: bytes) -> bool:
    """Return whether there are 188-byte packets, or 192-byte ones (M2TS) with four bytes of time code each."""
    for size, offset in ((188, 0), (192, 4)):
        sync_bytes = head[offset::size]
        if len(sync_bytes) >= 4 and set(sync_bytes) == {0x47}:
            return True
    return False


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    printable = sum(1 for byte in head if 32 <= byte < 127 or byte in (9, 10, 13))
    return b"\x00" not in head and printable >= 0.85 * len(head)
