"""``script/test-media``: every case of the media matrix, and the table of what came of it.

``--write`` puts the table into docs/media.md; other arguments go to pytest.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from tests.media_matrix.expectations import CASES
from tests.media_matrix.rows import Row

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "media.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
HEADINGS = (
    "file",
    "outcome",
    "picture",
    "frame rate",
    "length",
    "audio tracks",
    "captions",
    "flash and beep",
)


def main() -> int:
    """Run the whole matrix and print its table; return pytest's exit code."""
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    with tempfile.TemporaryDirectory(prefix="streamsite-media-") as folder:
        rows_path = Path(folder) / "rows.jsonl"
        os.environ |= {"MEDIA_MATRIX": "all", "MEDIA_TABLE": str(rows_path)}
        os.environ.setdefault("MEDIA_CASES", str(Path(folder) / "cases"))
        code = int(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider", *arguments]))
        lines = rows_path.read_text(encoding="utf-8").splitlines() if rows_path.is_file() else []
    table = as_table([json.loads(line) for line in lines])
    sys.stdout.write(table + "\n")
    if "--write" in sys.argv[1:]:
        write(table)
    return code


def as_table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table, in the order of the cases."""
    found = {row["file"]: row for row in rows}
    names = [name for files in CASES.values() for name in files if name in found]
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    return "\n".join(lines + ["| " + " | ".join(_cells(found[name])) + " |" for name in names])


def write(table: str) -> None:
    """Replace the table in docs/media.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _cells(row: Row) -> list[str]:
    name = row["file"] if len(row["file"]) < 40 else row["file"][:12] + "..."
    shown = "`" + name.replace("|", "\\|") + "`"
    if "size" not in row:
        return [
            shown,
            f"refused: {row['detail'] or row['code'] or row['status']}",
            *[""] * (len(HEADINGS) - 2),
        ]
    return [
        shown,
        "plays",
        f"{row['size']} ({row['label']})",
        f"{row['rate']:g}",
        f"{row['seconds']:.2f} s",
        str(row["sounds"]),
        str(row["captions"] or ""),
        _sync(row["flashes"], row["beeps"]),
    ]


def _sync(flashes: list[float], beeps: list[float]) -> str:
    """Return how far apart the first, the middle, and the last flash and beep are, in milliseconds."""
    if not flashes or len(flashes) != len(beeps):
        return ""
    picks = sorted({0, len(flashes) // 2, len(flashes) - 1})
    return ", ".join(f"{round(1000 * (beeps[at] - flashes[at])):+d} ms" for at in picks)


if __name__ == "__main__":
    sys.exit(main())
