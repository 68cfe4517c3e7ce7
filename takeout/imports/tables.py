"""CSV tables of archives, row by row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator

from takeout.imports import codes
from takeout.imports.errors import BadArchive

MAX_LINE, MAX_COLUMNS = 1_000_000, 200
# What a row costs beside its text, even a blank one: millions of them take minutes.
ROW_COST = 256


def iter_rows(pieces: Iterable[bytes], spend: Callable[[int], None]) -> Iterator[list[str]]:
    """Yield the rows of a CSV file in UTF-8 that have any text, cells stripped.

    ``spend`` is called with the cost of each row, blank ones too. Raises ``BadArchive``, and as ``spend`` does.
    """
    try:
        for row in csv.reader(_lines(pieces)):
            spend(ROW_COST)
            if any(cell.strip() for cell in row):
                yield [cell.strip() for cell in row[:MAX_COLUMNS]]
    except (csv.Error, UnicodeDecodeError):
        raise BadArchive(codes.UNREADABLE) from None


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    for piece in pieces:
        lines = (rest + decoder.decode(piece)).splitlines(keepends=True)
        rest = lines.pop() if lines else ""
        yield from lines
        if len(rest) > MAX_LINE:
            raise BadArchive(codes.TOO_LARGE)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
