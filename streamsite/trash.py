"""The trash: what the sweeper removes stays in ``<data>/trash/<date>/`` for some days, under its former path.

A file moves there by a rename and back by another one. A folder that is a mount of its own, such as ``media``, has a
trash of its own below it, because a rename does not leave a file system.

The clock of this machine may be wrong, at its start or after a jump. So a file's day is the later one of its clock and
MongoDB's, and a day is over when it is by both.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from streamsite.mongo import clock
from streamsite.site_settings.storage import storage_settings

logger = logging.getLogger("streamsite.trash")

NAME = "trash"
_places: list[tuple[Callable[[], Path], int | None, Callable[[Path], bool]]] = []
MAX_AT_ONCE, MAX_PERCENT = 20, 5
RECOVERY_HINT = (
    "List them with `manage.py sweep --dry-run`; when they may go, run `manage.py sweep --force`, and otherwise restore"
    " the database that knows them."
)


def exceeds_limits(found: int, there: int, moved: int = 0) -> bool:
    """Return whether so many are a sign of a wrong or older database: over 20, or over 5 % and more than one.

    ``found`` are all of a kind that are without a row, young ones too, of ``there``; ``moved`` is how many are in the
    trash already. Otherwise small sweeps would add up to a large one.
    """
    found, there = found + moved, there + moved
    return found > MAX_AT_ONCE or found > max(1, there * MAX_PERCENT // 100)


def refusal_message(
    found: int, there: int, what: str, *, moved: int = 0, fate: str = "would be moved to the trash"
) -> str:
    """Return the message for a sweep that takes nothing of a kind, such as ``videos without a row``."""
    already = f" ({moved} are there already)" if moved else ""
    return (
        f"{found} of {there} {what} {fate}{already}, which is more than {MAX_PERCENT} % or {MAX_AT_ONCE} and usually"
        f" means a wrong or an older database, so all were left alone. {RECOVERY_HINT}"
    )


def clock_days() -> tuple[date, date]:
    """Return the earlier and the later day of this machine's clock and MongoDB's, in UTC."""
    here = datetime.now(UTC).date()
    there = clock.server_now().date()
    return min(here, there), max(here, there)


def today() -> date:
    """Return the day under which something goes into the trash now."""
    return clock_days()[1]


def move(path: Path) -> Path | None:
    """Move a file or folder of the data folder into the trash. Return where it is; ``None`` when it stays or is gone.

    Safe in several processes at once.
    """
    data = Path(settings.DATA_DIR)
    relative = path.relative_to(data)
    for root in (data / NAME, data / relative.parts[0] / NAME):
        try:
            target = _move(path, root, relative)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno == errno.EXDEV:
                continue
            logger.warning("%s cannot be moved to the trash: %s", relative, error.strerror)
            return None
        logger.warning("moved to the trash: %s -> %s", relative, target.relative_to(data))
        return target
    logger.warning("%s cannot be moved to the trash: it is on a disk of its own", relative)
    return None


def _move(path: Path, root: Path, relative: Path) -> Path:
    path.lstat()  # before folders are made for what is gone
    root.mkdir(mode=0o700, exist_ok=True)
    day, number = today().isoformat(), 0
    while True:
        target = root / (f"{day}.{number}" if number else day) / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():  # the same path may have come and gone before
            path.rename(target)
            return target
        number += 1


def trash_folders() -> list[Path]:
    """Return the trash folders that exist."""
    data = Path(settings.DATA_DIR)
    places = (data, Path(settings.MEDIA_ROOT), Path(settings.WORK_DIR))
    return [place / NAME for place in places if (place / NAME).is_dir()]


def dated_folders() -> Iterator[tuple[date, Path]]:
    """Yield the folders of the trash with their dates, oldest first; others are not ours."""
    for root in trash_folders():
        for entry in sorted(root.iterdir()):
            with suppress(ValueError):
                yield date.fromisoformat(entry.name.partition(".")[0]), entry


def has_expired(day: date) -> bool:
    """Return whether what came into the trash on that day has been there long enough."""
    return day <= _last_day()


def _last_day() -> date:
    return clock_days()[0] - timedelta(days=storage_settings().trash_days)


def expired_folders() -> list[Path]:
    """Return the folders of the trash whose time is over."""
    last = _last_day()
    return [folder for day, folder in dated_folders() if day <= last]


def list_entries(*places: Path) -> list[Path]:
    """Return what is in the trash of some folders of the data folder, as paths in the trash."""
    former = [place.relative_to(settings.DATA_DIR) for place in places]
    found = [folder / place for _, folder in dated_folders() for place in former]
    return [entry for place in found if place.is_dir() for entry in sorted(place.iterdir())]


def register_reference_check(
    place: Callable[[], Path], *, depth: int | None, is_named: Callable[[Path], bool]
) -> None:
    """Have ``empty`` ask whether the database names what lies ``depth`` levels below a folder, or each file of it.

    ``is_named`` gets a path relative to ``place()``.
    """
    _places.append((place, depth, is_named))


def empty(*, everything: bool = False) -> int:
    """Delete what has been in the trash for long enough, or all of it; return how many folders of a day went.

    What the database names by now and nothing has taken the place of goes back instead, unless ``everything`` is to
    go: it was moved while a wrong or older database was there.
    """
    folders = [folder for _, folder in dated_folders()] if everything else expired_folders()
    for folder in folders:
        if not everything:
            _put_back_named(folder)
        logger.warning("deleted for good: %s", folder)
        shutil.rmtree(folder, ignore_errors=True)
    return len(folders)


def _put_back_named(folder: Path) -> None:
    data = Path(settings.DATA_DIR)
    for place, depth, is_named in _places:
        root = folder / place().relative_to(data)
        found = root.rglob("*") if depth is None else root.glob("/".join("*" * depth))
        for entry in [path for path in found if depth is not None or path.is_file()]:
            relative = entry.relative_to(root)
            target = place() / relative
            if target.exists() or not is_named(relative):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            entry.rename(target)
            logger.warning("put back from the trash: the database names %s", target.relative_to(data))


def restore(names: list[str], *, is_dry: bool = False) -> tuple[list[Path], list[Path]]:
    """Move files back to where they were: those with one of ``names`` in their path, or all; none when ``is_dry``.

    A name is a video's id, a date, or another part of a path. Returns the files that are back, and those that stay
    because there is another file in their place.
    """
    back, kept = [], []
    for _, folder in list(dated_folders()):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            relative = path.relative_to(folder)
            if names and not set(names) & {folder.name, folder.name[:10], *relative.parts}:
                continue
            target = Path(settings.DATA_DIR) / relative
            if target.exists() or target in back:
                kept.append(target)
                continue
            back.append(target)
            if not is_dry:
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
        if not is_dry:
            _remove_empty(folder)
    for target in () if is_dry else back:
        # Young for the sweeper, which would otherwise take what no row names right back.
        for entry in (target, target.parent):
            os.utime(entry)
    return back, kept


def _remove_empty(folder: Path) -> None:
    below = sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True)
    for path in (*below, folder):
        with suppress(OSError):  # not empty
            path.rmdir()
