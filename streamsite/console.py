"""The output of ``script/server``: its own lines and its children's, each with the name of its process.

As text, ``web    | 2026-11-29T07:30:00.123Z INFO ...``; with ``LOG_FORMAT=json`` one object per line, with ``process``.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO

COLORS = {
    "server": "36",
    "mongo": "32",
    "front": "36",
    "caddy": "36",
    "web": "34",
    "worker": "35",
    "setup": "33",
    "demo": "33",
}
# Lines of the site begin with such a time, and nginx's with the other.
TIMESTAMPED = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]")
TRACEBACK = "Traceback (most recent call last):"


def print_line(name: str, line: str) -> None:
    """Print one line of ``script/server`` about ``name``, with the time."""
    if is_json():
        _write(_object(name, line))
    else:
        _write(f"{_label(name)}| {_now()}Z {line}")


def copy_lines(name: str, stream: IO[bytes], clean: Callable[[str], str] = str) -> None:
    """Print what a child writes to ``stream`` until it ends, each line changed by ``clean``.

    Lines without a time of their own get one, except within a traceback.
    """
    is_in_traceback = False
    for raw in stream:
        line = clean(raw.decode(errors="replace").rstrip())
        if not line:
            continue
        if is_json():
            _write(_with_process(name, line) or _object(name, line))
            continue
        is_timed = TIMESTAMPED.match(line) is not None
        is_in_traceback = not is_timed and (is_in_traceback or line == TRACEBACK)
        if is_timed or is_in_traceback:
            _write(f"{_label(name)}| {line}")
        else:
            print_line(name, line)


def is_json() -> bool:
    """Return whether lines are JSON objects; ``LOG_FORMAT`` may come from ``.env``, which is read after the import."""
    return os.environ.get("LOG_FORMAT", "").strip() == "json"


def _with_process(name: str, line: str) -> str:
    """Return a child's JSON object with its process's name; empty when it is something else."""
    if not line.startswith('{"time": '):
        return ""
    try:
        json.loads(line)
    except ValueError:  # a process was killed while it wrote
        return ""
    return f'{{"process": {json.dumps(name)}, {line[1:]}'


def _object(name: str, line: str) -> str:
    entry = {"process": name, "time": f"{_now()}+00:00", "level": "INFO", "logger": "streamsite.supervisor"}
    return json.dumps(entry | {"message": line}, ensure_ascii=False)


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _label(name: str) -> str:
    label = f"{name:<7}"
    return f"\033[{COLORS.get(name, '0')}m{label}\033[0m" if sys.stdout.isatty() else label


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
