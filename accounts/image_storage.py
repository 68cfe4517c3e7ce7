"""Where profile pictures are: ``<media>/profiles/<random id>/avatar-256.webp`` and the like.

Every change gets a new folder, so that an address always means the same bytes. ``User.avatar`` and ``User.cover``
hold the folder's id; whoever replaces an id in the row removes the folder it named. Other apps keep pictures here as
well, and register which folders they name.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from accounts import mongo
from accounts.image_processing import IMAGE_TYPES, PROFILE_IMAGES
from accounts.models import User
from streamsite import trash
from streamsite.errors import Absent
from streamsite.ids import object_id

FOLDER_PATTERN = re.compile(r"\A[A-Za-z0-9_-]{16}\Z")
# From the writing of a folder to that of its row takes moments; a database that is away may stretch them.
SETTLED_SECONDS = 120
FILE_NAMES = frozenset(name for kind in IMAGE_TYPES for name in kind.files)
FolderLookup = Callable[[set[str]], Iterable[str]]
_lookups: list[tuple[FolderLookup, Callable[[], bool]]] = []


def register_folder_lookup(namer: FolderLookup, *, expects: Callable[[], bool]) -> None:
    """Add functions that tell which of some folders are named by an app's rows, and whether these name any."""
    _lookups.append((namer, expects))


def folder_path(folder: str) -> Path:
    """Where one picture's files are."""
    return Path(settings.MEDIA_ROOT) / "profiles" / folder


def file_for_viewing(folder: str, name: str) -> Path:
    """The path of a picture's file, or ``Absent``; anybody may see it."""
    if not FOLDER_PATTERN.match(folder):
        raise Absent
    if name not in FILE_NAMES:
        raise Absent
    return folder_path(folder) / name


def store_image(files: Mapping[str, bytes]) -> str:
    """Write a picture's files; the new folder's id. Durable and complete once it is visible."""
    folder = object_id()
    target = folder_path(folder)
    making = _work_folder() / folder
    making.mkdir(parents=True)
    try:
        for name, content in files.items():
            with (making / name).open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        _fsync_folder(making)
        target.parent.mkdir(parents=True, exist_ok=True)
        making.rename(target)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    _fsync_folder(target.parent)
    return folder


@contextmanager
def stored_images(prepared: Mapping[str, Mapping[str, bytes]]) -> Iterator[dict[str, str]]:
    """Folder ids by kind for a row that is about to be made; the folders go again if that fails."""
    folders: dict[str, str] = {}
    try:
        for kind, files in prepared.items():
            folders[kind] = store_image(files)
        yield folders
    except BaseException:
        for folder in folders.values():
            delete_folder(folder)
        raise


def replace_image(user: User, kind: str, files: Mapping[str, bytes]) -> User:
    """Give the account another picture. Of parallel changes each removes the one that it replaced."""
    return _replace_folder(user, kind, store_image(files))


def remove_image(user: User, kind: str) -> User:
    """Take the picture away; there may be none."""
    return _replace_folder(user, kind, "")


def delete_for_user(user: User) -> None:
    """Remove the files of an account that goes."""
    for kind in PROFILE_IMAGES:
        delete_folder(getattr(user, kind))


@dataclass
class SweepResult:
    """The result of a sweep: folders and pictures that it moved or would move, or why it moved none."""

    count: int = 0
    paths: list[Path] = field(default_factory=list)
    refusal: str = ""


def sweep(*, force: bool = False, is_dry: bool = False) -> SweepResult:
    """Take away what killed processes left: pictures that no row names, which move to the trash, and unfinished ones.

    Nothing goes when it would be many at once, unless with ``force``; nothing at all with ``is_dry``.
    """
    swept = SweepResult()
    unfinished = _settled_folders(_work_folder())
    left = _settled_folders(folder_path(""))
    there = set(folders_on_disk())
    lost = there - referenced_folders(there)  # young ones too
    left &= lost
    moved = len(trash.list_entries(folder_path("")))
    if left and trash.exceeds_limits(len(lost), len(there), moved) and not force:
        what = "pictures that nothing names"
        swept.refusal = trash.refusal_message(len(lost), len(there), what, moved=moved)
        left = set()
    swept.paths = [folder_path(folder) for folder in sorted(left)]
    if is_dry:
        return swept
    swept.count = sum(trash.move(path) is not None for path in swept.paths)
    for folder in unfinished:
        shutil.rmtree(_work_folder() / folder, ignore_errors=True)
    swept.count += len(unfinished)
    return swept


def folders_on_disk() -> Iterator[str]:
    """Yield the folders of pictures that exist."""
    place = folder_path("")
    if place.is_dir():
        yield from (entry.name for entry in place.iterdir())


def referenced_folders(folders: set[str]) -> set[str]:
    """Return those of the folders that a row names."""
    if not folders:
        return set()
    found: set[str] = set()
    for pair in User.objects.exclude(avatar="", cover="").values_list("avatar", "cover").iterator():
        found.update(folders.intersection(pair))
    for namer, _ in _lookups:
        found.update(folders.intersection(namer(folders)))
    return found


def is_referenced(path: Path) -> bool:
    """Return whether a row names the folder of a picture."""
    return bool(referenced_folders({path.name}))


def expects_images() -> bool:
    """Whether a row names a picture."""
    pairs = User.objects.exclude(avatar="", cover="").values_list("avatar", "cover").iterator()
    return any(any(pair) for pair in pairs) or any(expects() for _, expects in _lookups)


def _settled_folders(place: Path) -> set[str]:
    """The folders in ``place`` that are old enough for their row to have been written."""
    if not place.is_dir():
        return set()
    before = time.time() - SETTLED_SECONDS
    found = set()
    for entry in place.iterdir():
        try:
            if entry.stat().st_mtime < before:
                found.add(entry.name)
        except FileNotFoundError:
            continue  # its owner has just replaced it
    return found


def _work_folder() -> Path:
    return Path(settings.WORK_DIR) / "pictures"


def delete_folder(folder: str) -> None:
    """Delete one picture's files."""
    if FOLDER_PATTERN.match(folder):
        shutil.rmtree(folder_path(folder), ignore_errors=True)


def _replace_folder(user: User, kind: str, folder: str) -> User:
    before = mongo.swap_image(user.pk, kind, folder)
    if before is None:  # the account went meanwhile
        delete_folder(folder)
        raise Absent
    delete_folder(before)
    setattr(user, kind, folder)
    return user


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
