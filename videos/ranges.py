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
    """Bytes `start` up to but not including `stop` of a file of `size` bytes."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        """The value of the Content-Range header of the 206 response."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


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
    """The part of a file of `size` bytes that a Range header asks for; None means the whole file (200).

    None for: no header, another unit, several ranges (a server may ignore those, and answering them lets one
    request ask for the file many times over), and everything malformed, which the RFC has a server ignore. Raises
    Unsatisfiable when the range is well-formed but starts beyond the end or asks for the last 0 bytes.
    """
    if not header or len(header) > MAX_HEADER:
        return None
    match = _SINGLE_RANGE.match(header)
    if match is None:
        return None
    first, last = match["first"], match["last"]
    if not first:
        return _suffix(last, size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable(size)
    stop = min(int(last) + 1, size) if last else size
    return Range(start, stop, size)


def _suffix(last: str, size: int) -> Range | None:
    """`bytes=-N`: the last N bytes, or the whole file when it is shorter."""
    if not last:
        return None
    length = int(last)
    if length == 0 or size == 0:
        raise Unsatisfiable(size)
    return Range(max(size - length, 0), size, size)
