"""The command's output: results on stdout, messages on stderr. Tokens are never printed."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence


def plain(text: object) -> str:
    """Return a text of the site on one line, without what a terminal would obey."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in str(text))


class Output:
    """Prints for people, or with ``is_json`` one JSON value at the end for programs."""

    def __init__(self, *, is_json: bool, is_quiet: bool) -> None:
        self.is_json = is_json
        self.is_quiet = is_quiet

    def result(self, value: object, line: str) -> None:
        """Print the result: ``value`` for programs, ``line`` for people."""
        self._write(json.dumps(value, ensure_ascii=False) if self.is_json else plain(line))

    def table(self, values: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
        """Print rows in columns; ``values`` for programs."""
        if self.is_json:
            self._write(json.dumps(values, ensure_ascii=False))
            return
        texts = [[plain(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        for row in texts:
            self._write(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )

    def note(self, line: str) -> None:
        """Say what is going on."""
        if not self.is_quiet:
            sys.stderr.write(f"{plain(line)}\n")
            sys.stderr.flush()

    def warn(self, line: str) -> None:
        """Say what went wrong."""
        sys.stderr.write(f"streamsite: {plain(line)}\n")
        sys.stderr.flush()

    @staticmethod
    def _write(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
