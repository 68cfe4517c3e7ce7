"""Compare texts with snapshots in the repository; ``UPDATE_EXPECTED=1`` updates the snapshots instead."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOW = "look at the difference; if it is wanted, run the test again with UPDATE_EXPECTED=1 and commit the file"


def check_file(path: Path, found: str) -> None:
    """Compare a file's whole text. Raises ``AssertionError`` with the difference."""
    if os.environ.get("UPDATE_EXPECTED") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found)
        return
    _compare(path.read_text() if path.is_file() else "", found, path)


def check_section(path: Path, heading: str, found: str) -> None:
    """Compare the table below ``heading`` of a Markdown document. Raises ``AssertionError`` with the difference."""
    text = path.read_text()
    start = text.index("|", text.index(f"\n{heading}\n"))
    table = text[start:].split("\n\n")[0].rstrip("\n")
    if os.environ.get("UPDATE_EXPECTED") == "1":
        path.write_text(text[:start] + found + text[start + len(table) :])
        return
    _compare(table, found, path)


def _compare(kept: str, found: str, path: Path) -> None:
    if kept == found:
        return
    name = str(path.relative_to(ROOT))
    lines = difflib.unified_diff(kept.splitlines(), found.splitlines(), name, "found", lineterm="")
    raise AssertionError("\n".join([f"{name} differs: {HOW}", *lines]))
