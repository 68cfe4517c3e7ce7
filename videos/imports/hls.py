"""HLS playlists (RFC 8216) of other servers: which files a recording consists of. Nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urljoin

from videos.imports.failures import (
    ENCRYPTED,
    LIVE_STREAM,
    TOO_LARGE,
    UNSUPPORTED_STREAM,
    ImportFailed,
)

SIGNATURE = b"#EXTM3U"
MAX_SEGMENTS = 50_000
ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')


@dataclass(frozen=True)
class Piece:
    """A file, or ``length`` bytes of one from ``offset``; all of it without a length."""

    url: str
    offset: int = 0
    length: int | None = None

    @property
    def range_header(self) -> dict[str, str]:
        """The header that asks for these bytes alone."""
        if self.length is None:
            return {}
        return {"range": f"bytes={self.offset}-{self.offset + self.length - 1}"}


@dataclass(frozen=True)
class Variant:
    """The playlists to fetch: that of the pictures, and that of the sound where it is separate."""

    url: str
    sound_url: str = ""


def is_playlist(head: bytes) -> bool:
    """Return whether a file that starts with ``head`` is an HLS playlist."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(SIGNATURE)


def best_variant(text: str, url: str) -> Variant | None:
    """Return the variant of the largest bandwidth; ``None`` for a playlist of segments.

    Raises ``ImportFailed`` for a master playlist without variants.
    """
    lines = _lines(text)
    if not any(line.startswith("#EXT-X-STREAM-INF:") for line in lines):
        return None
    found: list[tuple[int, str, str]] = []
    for line, following in pairwise(lines):
        if line.startswith("#EXT-X-STREAM-INF:") and not following.startswith("#"):
            about = _attributes(line)
            bandwidth = about.get("BANDWIDTH", "")
            found.append((_number(bandwidth), following, about.get("AUDIO", "")))
    if not found:
        raise ImportFailed(UNSUPPORTED_STREAM)
    _bandwidth, address, group = max(found)
    return Variant(urljoin(url, address), _sound_of(lines, group, url))


def read_pieces(text: str, url: str) -> list[Piece]:
    """Return the files of a playlist of segments, in order, the initialization section first.

    Raises ``ImportFailed`` for a live stream, an encrypted one, and one whose parts cannot be joined.
    """
    lines = _lines(text)
    if "#EXT-X-ENDLIST" not in lines:
        raise ImportFailed(LIVE_STREAM)
    keys = [_attributes(line) for line in lines if line.startswith(("#EXT-X-KEY:", "#EXT-X-SESSION-KEY:"))]
    if any(key.get("METHOD", "") != "NONE" for key in keys):
        raise ImportFailed(ENCRYPTED)
    sections = list(dict.fromkeys(line for line in lines if line.startswith("#EXT-X-MAP:")))
    if len(sections) > 1:
        raise ImportFailed(UNSUPPORTED_STREAM)
    pieces = [*(_section(line, url) for line in sections), *_segments(lines, url)]
    if len(pieces) == len(sections):
        raise ImportFailed(UNSUPPORTED_STREAM)
    if len(pieces) > MAX_SEGMENTS:
        raise ImportFailed(TOO_LARGE)
    return pieces


def _segments(lines: Sequence[str], url: str) -> Iterator[Piece]:
    length, offset, ends = None, 0, dict[str, int]()
    for line in lines:
        if line.startswith("#EXT-X-BYTERANGE:"):
            size, _, start = line.partition(":")[2].partition("@")
            length, offset = _number(size), _number(start) if start else -1
        elif not line.startswith("#"):
            address = urljoin(url, line)
            if length is None:
                yield Piece(address)
                continue
            first = ends.get(address, 0) if offset < 0 else offset
            ends[address] = first + length
            yield Piece(address, first, length)
            length = None


def _section(line: str, url: str) -> Piece:
    about = _attributes(line)
    if not about.get("URI"):
        raise ImportFailed(UNSUPPORTED_STREAM)
    size, _, start = about.get("BYTERANGE", "").partition("@")
    return Piece(urljoin(url, about["URI"]), _number(start or "0"), _number(size) if size else None)


def _sound_of(lines: Sequence[str], group: str, url: str) -> str:
    """Return the address of the sound of a group, its default one first; "" where it is with the pictures."""
    media = [_attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    sounds = [one for one in media if one.get("TYPE") == "AUDIO" and one.get("GROUP-ID") == group]
    sounds.sort(key=lambda one: one.get("DEFAULT") != "YES")
    return urljoin(url, sounds[0]["URI"]) if group and sounds and sounds[0].get("URI") else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _attributes(line: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in ATTRIBUTE.findall(line.partition(":")[2])}


def _number(text: str) -> int:
    """Return a decimal number. Raises ``ImportFailed`` for anything else."""
    if not re.fullmatch(r"[0-9]{1,15}", text.strip()):
        raise ImportFailed(UNSUPPORTED_STREAM)
    return int(text)
