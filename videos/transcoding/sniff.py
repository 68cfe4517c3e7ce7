"""Which container a file is, by its first bytes, before any demuxer sees it.

Demuxers guess from content as well, and some of the guesses (an HLS playlist, a concat list, an SDP file)
are texts that name other files or hosts. Only the binary containers below are let through, and the
demuxer is then forced by name.
"""

from dataclasses import dataclass
from pathlib import Path

from .errors import UnreadableMedia, UnsupportedMedia

HEAD_BYTES = 1024

TEXT_DETAIL = "This file is a text document, not a video."
UNKNOWN_DETAIL = "This file is not a video of a kind that can be used here. MP4, MOV, WebM and MKV work best."
EMPTY_DETAIL = "The file is empty."
STILL_DETAIL = "This file is a still picture, not a video."


@dataclass(frozen=True)
class Container:
    """`name` is shown to people and stored; `demuxer` is the one demuxer that may open the file."""

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

FORMAT_WHITELIST = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mp3,flac,wav"

# First boxes of QuickTime and MP4 files. A file that starts with "moof" or "styp" is a stray segment.
_ISO_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
# By "MPEG 1 or not" and the index in the header; 0 where there is no fixed rate.
_LAYER_3_KBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_STILL_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"jxl ", b"crx "})
_ASF_GUID = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")


def sniff(path: Path) -> Container:
    """The container of the file at `path`.

    Raises UnreadableMedia for an empty file and UnsupportedMedia for text, still pictures and anything
    unknown.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return sniff_bytes(head)


def sniff_bytes(head: bytes) -> Container:
    """The container that starts with `head`: the first `HEAD_BYTES` bytes, or all of a shorter file."""
    if not head:
        raise UnreadableMedia(EMPTY_DETAIL)
    container = _match(head)
    if container is not None:
        return container
    raise UnsupportedMedia(TEXT_DETAIL if _looks_like_text(head) else UNKNOWN_DETAIL)


def _match(head: bytes) -> Container | None:
    if head[4:8] in _ISO_FIRST_BOXES:
        if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
            raise UnsupportedMedia(STILL_DETAIL)
        return ISO_BMFF
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return MATROSKA
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return AVI
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"ID3") or _is_mpeg_audio(head):
        return MP3
    if head.startswith(b"FLV\x01"):
        return FLV
    if head.startswith(b"OggS\x00"):
        return OGG
    if head.startswith(_ASF_GUID):
        return ASF
    if head.startswith(b"\x00\x00\x01\xba"):
        return MPEG_PS
    if head.startswith(b"\x00\x00\x01\xb3"):
        return MPEG_VIDEO
    if _is_transport_stream(head):
        return MPEG_TS
    return None


def _is_transport_stream(head: bytes) -> bool:
    """188-byte packets, or 192-byte ones (M2TS) whose sync byte follows four bytes of time code."""
    for size, offset in ((188, 0), (192, 4)):
        sync_bytes = head[offset::size]
        if len(sync_bytes) >= 4 and set(sync_bytes) == {0x47}:
            return True
    return False


def _is_mpeg_audio(head: bytes) -> bool:
    """Two frames of MPEG layer III in a row, the second where the first one's header says that it ends."""
    length = _layer_3_frame_length(head[:4])
    return bool(length) and _layer_3_frame_length(head[length : length + 4]) > 0


def _layer_3_frame_length(header: bytes) -> int:
    """Bytes of the frame that begins so; 0 when it is none. Source: ISO 11172-3, 2.4.2.3."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    is_first_version = header[1] & 0x18 == 0x18
    bitrate = _LAYER_3_KBITS[is_first_version][header[2] >> 4]
    rate = (44_100, 48_000, 32_000, 0)[header[2] >> 2 & 3]
    if not bitrate or not rate:
        return 0
    if not is_first_version:
        rate //= 2 if header[1] & 0x18 == 0x10 else 4
    samples = 144 if is_first_version else 72
    return samples * bitrate * 1000 // rate + (header[2] >> 1 & 1)


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    printable = sum(1 for byte in head if 32 <= byte < 127 or byte in (9, 10, 13))
    return b"\x00" not in head and printable >= 0.85 * len(head)
