"""JSON of any length, one object at a time: a history of years does not fit into a worker's memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import NoReturn, cast

from takeout.imports import codes
from takeout.imports.errors import BadArchive

# Characters of one object, such as a playlist with all of its items.
MAX_OBJECT = 8_000_000
SPACE = re.compile(r"[ \t\r\n]*")
Object = dict[str, object]


def iter_array(pieces: Iterable[bytes], key: str = "") -> Iterator[Object]:
    """Yield the objects of an array in UTF-8, that of ``key`` if the text is an object that begins with it.

    What is no object is skipped. Raises ``BadArchive`` for what is no such text, for an object that is too long, and
    for one that is too deep.
    """
    text = _Text(pieces)
    if key:
        for token in ("{", json.dumps(key), ":"):
            text.expect(token)
    text.expect("[")
    if text.peek() == "]":
        return
    while True:
        found = text.value()
        if isinstance(found, dict):
            yield found
        sign = text.peek()
        text.skip(1)
        if sign == "]":
            return
        if sign != ",":
            raise BadArchive(codes.UNREADABLE)


def read_object(content: bytes) -> Object:
    """Return the object that a short text is. Raises ``BadArchive``."""
    found = _Text([content]).value()
    if not isinstance(found, dict):
        raise BadArchive(codes.UNREADABLE)
    return cast(Object, found)


class _Text:
    """Text that arrives in pieces, of which as little as possible is kept."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._buffer, self._at, self._ended = "", 0, False
        self._decoder = json.JSONDecoder(parse_constant=_refuse)

    def peek(self) -> str:
        """Return the next character that is no space. Raises ``BadArchive`` at the end."""
        while True:
            found = SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                raise BadArchive(codes.UNREADABLE)

    def skip(self, count: int) -> None:
        """Go on behind so many characters."""
        self._at += count

    def expect(self, token: str) -> None:
        """Read a token. Raises ``BadArchive`` for another."""
        self.peek()
        while len(self._buffer) - self._at < len(token) and self._more():
            pass
        if not self._buffer.startswith(token, self._at):
            raise BadArchive(codes.UNREADABLE)
        self._at += len(token)

    def value(self) -> object:
        """Read the next value. Raises ``BadArchive``."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise BadArchive(codes.UNREADABLE) from None
            except ValueError:
                found, end = None, len(self._buffer)
            # A number at the end may go on.
            if end < len(self._buffer) or (self._ended and found is not None):
                self._at = end
                return found
            if len(self._buffer) - self._at > MAX_OBJECT:
                raise BadArchive(codes.TOO_LARGE)
            if not self._more(len(self._buffer) - self._at):
                if found is None:
                    raise BadArchive(codes.UNREADABLE)
                self._at = end
                return found

    def _more(self, least: int = 0) -> bool:
        """Read on, at least ``least`` characters, so that a long object is not parsed for each piece."""
        if self._ended:
            return False
        parts, count = [self._buffer[self._at :]], 0
        while not self._ended and (count == 0 or count < least):
            try:
                piece = next(self._pieces, None)
                part = self._decode.decode(piece or b"", final=piece is None)
            except UnicodeDecodeError:
                raise BadArchive(codes.UNREADABLE) from None
            self._ended = piece is None
            parts.append(part)
            count += len(part)
        self._buffer, self._at = "".join(parts), 0
        return count > 0


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
