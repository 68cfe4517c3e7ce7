"""Tables in Markdown, and the sections of docs/benchmarks.md that a measurement writes itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [
        f"| {' | '.join(headings)} |",
        "|---" * len(headings) + "|",
        *(f"| {' | '.join(cells)} |" for cells in rows),
    ]


def marks(name: str) -> tuple[str, str]:
    """Return the lines around the section of ``script/bench <name>``."""
    return f"<!-- script/bench {name}: begin -->", f"<!-- script/bench {name}: end -->"


def replace_section(text: str, lines: Sequence[str], name: str) -> str:
    """Return a document with the lines between the marks. Raises ``ValueError`` without exactly one pair of marks."""
    begin, end = marks(name)
    pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    body = "\n".join(lines)
    # A function: the lines may hold what a template would take for a group.
    changed, found = pattern.subn(lambda _: f"{begin}\n\n{body}\n\n{end}", text)
    if found != 1:
        raise ValueError(f"the document has {found} sections of script/bench {name}")
    return changed


def write_section(path: Path, lines: Sequence[str], name: str) -> None:
    """Replace the section of a document."""
    path.write_text(replace_section(path.read_text(), lines, name))
