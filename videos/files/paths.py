"""Paths of videos' files. All names are built here; none comes from a user.

``media/sources/<id>/source`` the upload; ``media/videos/<id>/<generation>/`` what is served;
``media/extras/<id>/`` captions and own posters, which outlive generations; ``work/jobs/<id>/<attempt>/`` what a worker
is making; ``work/uploads/`` and ``work/incoming/`` uploads in flight, resumable ones and others.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings

from streamsite import atomic_files
from streamsite.disk import DiskFull as DiskFull
from streamsite.disk import require_space as require_space


def source_path(video_id: str) -> Path:
    """Return the path of the uploaded file."""
    return Path(settings.MEDIA_ROOT) / "sources" / video_id / "source"


def generation_dir(video_id: str, generation: str) -> Path:
    """Return the folder that is served for one generation of a video."""
    return Path(settings.MEDIA_ROOT) / "videos" / video_id / generation


def extras_dir(video_id: str) -> Path:
    """Return the folder of files that outlive generations: captions and uploaded thumbnails."""
    return Path(settings.MEDIA_ROOT) / "extras" / video_id


def served_file(video_id: str, folder: str, name: str) -> str:
    """Return the path of a file of a generation, or of the extras for an empty ``folder``.

    As text, because every request for a segment asks: joining paths takes longer than all that decides about it.
    """
    place = f"videos/{video_id}/{folder}" if folder else f"extras/{video_id}"
    return f"{settings.MEDIA_ROOT}/{place}/{name}"


def write_extra(path: Path, content: bytes) -> None:
    """Write a file below an extras folder, whole or not at all, and durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def attempt_dir(video_id: str, attempt: str) -> Path:
    """Return the folder in which one attempt works. It is not served."""
    return Path(settings.WORK_DIR) / "jobs" / video_id / attempt


def keep_source(upload: Path, video_id: str) -> None:
    """Move an uploaded file to its place. Atomic, and durable once it returns."""
    target = source_path(video_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    with upload.open("rb") as content:
        os.fsync(content.fileno())
    upload.replace(target)
    atomic_files.sync_folder(target.parent)


def new_generation(video_id: str) -> tuple[str, Path]:
    """Create the folder of a new generation; return its name and path. It is not served until a row names it."""
    generation = secrets.token_urlsafe(9)
    folder = generation_dir(video_id, generation)
    folder.mkdir(parents=True)
    return generation, folder


def remove_source(video_id: str) -> None:
    """Delete the uploaded file."""
    shutil.rmtree(source_path(video_id).parent, ignore_errors=True)


def remove_jobs(video_id: str, *, keep: str | None = None) -> None:
    """Delete folders of former attempts, except ``keep``."""
    parent = Path(settings.WORK_DIR) / "jobs" / video_id
    if not parent.is_dir():
        return
    for child in parent.iterdir():
        if child.name != keep:
            shutil.rmtree(child, ignore_errors=True)
    if keep is None:
        shutil.rmtree(parent, ignore_errors=True)


def remove_generation(video_id: str, generation: str) -> None:
    """Delete one served folder."""
    shutil.rmtree(generation_dir(video_id, generation), ignore_errors=True)


def remove_generations(video_id: str, *, keep: str | None = None) -> None:
    """Delete served folders of a video, but ``keep``."""
    parent = Path(settings.MEDIA_ROOT) / "videos" / video_id
    if not parent.is_dir():
        return
    for child in parent.iterdir():
        if child.name != keep:
            shutil.rmtree(child, ignore_errors=True)
    if keep is None:
        shutil.rmtree(parent, ignore_errors=True)


def remove_all_files(video_id: str) -> None:
    """Delete every file of a video."""
    remove_jobs(video_id)
    remove_generations(video_id)
    shutil.rmtree(extras_dir(video_id), ignore_errors=True)
    remove_source(video_id)


def file_sizes(folder: Path) -> dict[str, int]:
    """Return sizes by name of a folder's files, without those that are being written."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def folder_size(folder: Path) -> int:
    """Return the total size in bytes of all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
