"""Explain why an embedded ``mongod`` ended while starting, from its log and its standard error."""

from __future__ import annotations

import json
from pathlib import Path

from streamsite.mongo import last_used

# What mongod says of data that it cannot open because a newer or a much older one wrote it.
OF_ANOTHER_VERSION = (
    *("Invalid feature compatibility", "invalid featureCompatibilityVersion", "UPGRADE PROBLEM"),
    *("too old or too new for this mongod", "unsupported WiredTiger file version", "Wrong mongod version"),
)


def is_of_another_version(log_path: Path) -> bool:
    """Return whether the last start ended because the data is of another version of MongoDB."""
    text = " ".join(_severe_lines(log_path))
    return any(words in text for words in OF_ANOTHER_VERSION)


def explain_failed_start(data_dir: Path, log_path: Path, stderr: str) -> str:
    """Return the reason as a sentence for the person at the terminal."""
    lines = _severe_lines(log_path)
    text = " ".join(lines)
    if "No space left on device" in text + stderr:
        return f"MongoDB cannot start: the disk of {data_dir} is full; free some space and start again"
    if "Failed to unlink socket" in text or "Permission denied" in text:
        return f"MongoDB cannot start: no permission to write in {data_dir}"
    if any(words in text for words in OF_ANOTHER_VERSION):
        last = last_used.read(data_dir)
        which = f"MongoDB {last.version} ({last.binary})" if last else "another MongoDB version"
        return f"MongoDB cannot start: {data_dir / 'db'} was written by {which}; set MONGOD_BIN to one that can open it"
    reason = lines[-1] if lines else (stderr.strip().splitlines() or ["no message"])[-1]
    return f"MongoDB ended while starting ({reason[:300]}); its log is {log_path}"


def _severe_lines(log_path: Path) -> list[str]:
    """Return the messages of severity error or fatal in mongod's log."""
    lines = []
    try:
        for raw in log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-400:]:
            entry = json.loads(raw)
            if entry.get("s") in {"E", "F"}:
                lines.append(f"{entry.get('msg', '')} {json.dumps(entry.get('attr', {}))}")
    except (OSError, ValueError):
        return lines
    return lines
