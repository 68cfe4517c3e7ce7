"""Byte ranges of RFC 9110, section 14. Pure: a header and a size in, two numbers out."""

import re
from dataclasses import dataclass

# Real players send under 40 characters; nothing longer is worth parsing.
MAX_HEADER = 128

_SINGLE_RANGE = re.compile(
    r"\Abytes[ \t]*=[ \t]*(?P<first>[0-9]*)-(?P<last>[0-9]*)[ \t]*\Z", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class Range:
    """Bytes `first` to `last`, both included, of a file of `size` bytes."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        """The value of the Content-Range header of the 206 response."""
        return f"bytes {self.first}-{self.last}/{self.size}"


class Unsatisfiable(Exception):
    """A well-formed range of which the file holds no byte: the response is 416."""

    def __init__(self, size: int) -> None:
        super().__init__(f"no such range in {size} bytes")
        self.size = size

    @property
    def content_range(self) -> str:
        """The value of the Content-Range header of the 416 response."""
        return f"bytes */{self.size}"


def parse_range(header: str | None, size: int) -> Range | None:
    """Return the part of a file of `size` bytes that a Range header asks for; None means the whole file (200).

    None for: no header, another unit, several ranges (a server may ignore those, and answering them lets one
    request ask for the file many times over), and everything malformed, which the RFC has a server ignore.
    Raises Unsatisfiable when the range is well-formed but starts beyond the end or asks for the last 0 bytes.
    """
    if not header or len(header) > MAX_HEADER:
        return None
    match = _SINGLE_RANGE.match(header)
    if match is None:
        return None
    if not match["first"]:
        return _suffix(match["last"], size)
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else max(size - 1, first)
    if last < first:
        return None
    if first >= size:
        raise Unsatisfiable(size)
    return Range(first, min(last, size - 1), size)


def _suffix(digits: str, size: int) -> Range | None:
    """Parse `bytes=-N`: the last N bytes, or the whole file when it is shorter."""
    if not digits:
        return None
    length = int(digits)
    if length == 0 or size == 0:
        raise Unsatisfiable(size)
    return Range(max(size - length, 0), size - 1, size)
