"""Progress bars on terminals that show them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamsite_client.cli.output import plain

OnProgress = Callable[[int, int], None]


@contextmanager
def bar(title: str, *, is_shown: bool, is_bytes: bool = True) -> Iterator[OnProgress]:
    """Give a function that shows how many of all have been done; it shows nothing where nobody looks."""
    if not is_shown or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
        from rich.text import Text
    except ImportError:  # the extra "cli" is not installed
        yield _printing(title)
        return
    sizes = (DownloadColumn(), TransferSpeedColumn()) if is_bytes else ()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), *sizes)
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(Text(plain(title)).plain, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


def _printing(title: str) -> OnProgress:
    """Return a function that prints every tenth."""
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        tenth = 10 * done // total if total else 0
        if tenth > shown:
            shown = tenth
            sys.stderr.write(f"{plain(title)}: {10 * tenth} %\n")

    return show
