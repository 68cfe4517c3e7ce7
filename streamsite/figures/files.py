"""Sizes of the files below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def iter_file_sizes(root: Path, *, skip: str = "") -> Iterator[tuple[str, int]]:
    """Yield path and size in bytes of each file below ``root``, but not below a folder named ``skip`` in it.

    Files that disappear meanwhile, and folders that cannot be read, are left out.
    """
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        if not (skip and entry.name == skip and folder == str(root)):
                            waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        yield entry.path, entry.stat(follow_symlinks=False).st_size
