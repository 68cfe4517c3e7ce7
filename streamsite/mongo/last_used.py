"""Which MongoDB last ran on a data folder: ``<data>/db/streamsite-mongod``, beside the files that it wrote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from streamsite import atomic_files
from streamsite.mongo.series import series_of

FILE = "streamsite-mongod"


@dataclass(frozen=True)
class LastUsed:
    """The program, its version, and the version that the data is compatible with ("" when it is not known)."""

    binary: str
    version: str
    compatibility: str = ""


def has_data(data_dir: Path) -> bool:
    """Return whether a MongoDB has written into the data folder."""
    return (data_dir / "db" / "WiredTiger").exists()


def read(data_dir: Path) -> LastUsed | None:
    """Return the record; ``None`` when there is none, or none that can be read."""
    try:
        found = json.loads((data_dir / "db" / FILE).read_text(encoding="utf-8"))
        record = LastUsed(str(found["binary"]), str(found["version"]), str(found["compatibility"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if series_of(record.version) else None


def write(data_dir: Path, record: LastUsed) -> None:
    """Replace the record. Raises ``OSError``."""
    if read(data_dir) != record:
        atomic_files.write_atomically(data_dir / "db" / FILE, json.dumps(asdict(record)) + "\n")
