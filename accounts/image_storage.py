"""Storage of avatars, covers, and post images: ``<media>/profiles/<random id>/avatar-256.webp``, for example.

Every change writes a new folder, so a URL always means the same bytes. ``User.avatar`` and ``User.cover`` hold the
folder's id; whoever replaces an id in a row deletes the folder it named. Other apps store images here as well and
register a lookup of the folders their rows refer to.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from accounts import icon_files, user_store
from accounts.image_processing import IMAGE_TYPES, PROFILE_IMAGES
from accounts.models import User
from streamsite import atomic_files, trash
from streamsite.errors import Absent
from streamsite.ids import object_id
from streamsite.mongo import clock

FOLDER_PATTERN = re.compile(r"\A[A-Za-z0-9_-]{16}\Z")
# A row is written moments after its folder, later if the database is unavailable.
SETTLED_SECONDS = 120
FILE_NAMES = frozenset(name for kind in IMAGE_TYPES for name in kind.files) | set(icon_files.NAMES)
FolderLookup = Callable[[set[str]], Iterable[str]]
_lookups: list[tuple[FolderLookup, Callable[[], bool]]] = []


def register_folder_lookup(namer: FolderLookup, *, expects: Callable[[], bool]) -> None:
    """Register an app's lookup: which of some folders its rows refer to, and whether any row refers to one at all."""
    _lookups.append((namer, expects))


def folder_path(folder: str) -> Path:
    """Return the folder of one image's files."""
    return Path(settings.MEDIA_ROOT) / "profiles" / folder


def file_for_viewing(folder: str, name: str) -> Path:
    """Return the path of an image file; images are public. Raises ``Absent``."""
    if not FOLDER_PATTERN.match(folder):
        raise Absent
    if name not in FILE_NAMES:
        raise Absent
    return folder_path(folder) / name


def store_image(files: Mapping[str, bytes]) -> str:
    """Write an image's files; return the new folder's id. The folder appears once it is complete and durable."""
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
        atomic_files.sync_folder(making)
        target.parent.mkdir(parents=True, exist_ok=True)
        making.rename(target)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    atomic_files.sync_folder(target.parent)
    return folder


@contextmanager
def stored_images(prepared: Mapping[str, Mapping[str, bytes]]) -> Iterator[dict[str, str]]:
    """Yield new folder ids by image type for a row about to be created; delete the folders if that fails."""
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
    """Replace the account's image. Of concurrent changes, each deletes the image it replaced."""
    return _replace_folder(user, kind, store_image(files))


def remove_image(user: User, kind: str) -> User:
    """Remove the account's image, if any."""
    return _replace_folder(user, kind, "")


def delete_for_user(user: User) -> None:
    """Delete the images of a deleted account."""
    for kind in PROFILE_IMAGES:
        delete_folder(getattr(user, kind))


@dataclass
class SweepResult:
    """The result of a sweep: what was (or would be) moved to the trash, or the reason for moving nothing."""

    count: int = 0
    paths: list[Path] = field(default_factory=list)
    refusal: str = ""


def sweep(*, force: bool = False, is_dry: bool = False) -> SweepResult:
    """Remove what killed processes left: move images that no row refers to into the trash, and delete unfinished ones.

    Refuses to move unusually many at once unless ``force``; changes nothing if ``is_dry``.
    """
    swept = SweepResult()
    unfinished = _settled_folders(_work_folder())
    left = _settled_folders(folder_path(""))
    there = set(folders_on_disk())
    lost = there - referenced_folders(there)  # including recent ones
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
    """Yield the folder ids that exist on disk."""
    place = folder_path("")
    if place.is_dir():
        yield from (entry.name for entry in place.iterdir())


def referenced_folders(folders: set[str]) -> set[str]:
    """Return those of the folders that a row refers to."""
    if not folders:
        return set()
    found: set[str] = set()
    for pair in User.objects.exclude(avatar="", cover="").values_list("avatar", "cover").iterator():
        found.update(folders.intersection(pair))
    for namer, _ in _lookups:
        found.update(folders.intersection(namer(folders)))
    return found


def is_referenced(path: Path) -> bool:
    """Return whether a row refers to the image folder at ``path``."""
    return bool(referenced_folders({path.name}))


def expects_images() -> bool:
    """Return whether any row refers to an image."""
    pairs = User.objects.exclude(avatar="", cover="").values_list("avatar", "cover").iterator()
    return any(any(pair) for pair in pairs) or any(expects() for _, expects in _lookups)


def _settled_folders(place: Path) -> set[str]:
    """Return the folders in ``place`` old enough for their row to have been written."""
    if not place.is_dir():
        return set()
    before = clock.cautious_now().timestamp() - SETTLED_SECONDS
    found = set()
    for entry in place.iterdir():
        try:
            if entry.stat().st_mtime < before:
                found.add(entry.name)
        except FileNotFoundError:
            continue  # just replaced by its owner
    return found


def _work_folder() -> Path:
    return Path(settings.WORK_DIR) / "pictures"


def delete_folder(folder: str) -> None:
    """Delete one image's files."""
    if FOLDER_PATTERN.match(folder):
        shutil.rmtree(folder_path(folder), ignore_errors=True)


def _replace_folder(user: User, kind: str, folder: str) -> User:
    before = user_store.swap_image(user.pk, kind, folder)
    if before is None:  # the account was deleted meanwhile
        delete_folder(folder)
        raise Absent
    delete_folder(before)
    setattr(user, kind, folder)
    return user
