"""Find files that no row of the database names, by what losing them would mean.

Whole videos, thumbnails, captions and upload files exist once: they move to the trash, and only a few at once. A
generation beside the one that is served, or beside a source from which it can be made, is a second copy: it moves
there however many there are. What a video's row names and the disk lacks is a sign that the database is older than the
files, so everything of that video stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.conf import settings

from streamsite import trash
from streamsite.mongo import clock
from videos.files import bucket
from videos.files import paths as media_paths
from videos.models import Caption, Status, Upload, Video

BATCH = 500
FOLDERS = {"source_files": "sources", "generations": "videos", "extra_files": "extras"}


@dataclass
class Orphans:
    """Files that may go together: ``paths`` by the name under which they are counted.

    ``count`` of the ``there`` of this kind would be lost; 0 when there are second copies. It includes those that are
    too young to go and have no path here. ``moved`` are in the trash already.
    """

    what: str
    paths: dict[str, list[Path]] = field(default_factory=dict)
    count: int = 0
    there: int = 0
    moved: int = 0

    @property
    def refusal(self) -> str:
        """The reason for leaving files of this kind alone unless forced, "" when they may go."""
        if not self.paths or not trash.exceeds_limits(self.count, self.there, self.moved):
            return ""
        return trash.refusal_message(self.count, self.there, self.what, moved=self.moved)

    def add(self, name: str, path: Path) -> None:
        """Count a file or folder under ``name``."""
        self.paths.setdefault(name, []).append(path)


def iter_ids_on_disk() -> Iterator[str]:
    """Yield the ids of videos that have a source, generations or extras on the disk, each once."""
    found: set[str] = set()
    for folder in FOLDERS.values():
        names = _names(_place(folder))
        yield from names - found
        found |= names


def existing_ids(video_ids: set[str]) -> set[str]:
    """Return those of the ids that have a row."""
    return set(Video.objects.filter(pk__in=video_ids).values_list("pk", flat=True))


def expects_files() -> bool:
    """Return whether the database has videos with files on the disk; a bucket holds only second copies."""
    return Video.objects.exclude(status=Status.UPLOADING).exists()


def orphaned_videos() -> Orphans:
    """Return everything of videos that have no row."""
    orphans = Orphans("videos without a row")
    for batch in batches(iter_ids_on_disk()):
        orphans.there += len(batch)
        for video_id in set(batch) - existing_ids(set(batch)):
            found = video_folders(video_id)
            orphans.count += bool(found)
            if not all(is_settled(path) for path in found.values()):
                continue
            for name, path in found.items():
                orphans.add(name, path)
    moved = {entry.name for entry in trash.list_entries(*(_place(folder) for folder in FOLDERS.values()))}
    orphans.moved = len(moved - existing_ids(moved))
    return orphans


def video_folders(video_id: str) -> dict[str, Path]:
    """Return a video's folders below ``media`` by kind."""
    folders = {name: Path(settings.MEDIA_ROOT) / folder / video_id for name, folder in FOLDERS.items()}
    return {name: path for name, path in folders.items() if path.exists()}


def unreferenced_generations() -> tuple[Orphans, int]:
    """Return generations that rows do not name, and how many videos keep theirs because their own one is missing."""
    orphans, kept = Orphans("former generations"), 0
    fields = ("pk", "generation", "stored_generation", "status")
    for batch in batches(iter(_names(_place("videos")))):
        for video_id, generation, stored, status in Video.objects.filter(pk__in=batch).values_list(*fields):
            if status == Status.PROCESSING:
                continue
            is_stored = _is_stored(stored, generation)
            # The generation that is served from here.
            serving = "" if is_stored else generation
            root = media_paths.generation_dir(video_id, "x").parent
            left = [entry for entry in iter_old_entries(root) if entry.name != serving]
            if is_stored or _has_basis(video_id, generation):
                for entry in left:
                    orphans.add("generations", entry)
            else:
                kept += bool(left)
    return orphans, kept


def _is_stored(stored: str, generation: str) -> bool:
    return bucket.is_configured() and bucket.is_stored(stored, generation)


def _has_basis(video_id: str, generation: str) -> bool:
    if generation:
        return media_paths.generation_dir(video_id, generation).is_dir()
    return media_paths.source_path(video_id).is_file()


def unreferenced_extras() -> tuple[Orphans, int]:
    """Return thumbnails and captions that rows do not name, and how many videos keep theirs.

    These are videos whose row names a thumbnail, a caption or a generation that is missing.
    """
    orphans, kept = Orphans("thumbnails and caption files that no video names"), 0
    fields = ("pk", "poster", "generation", "stored_generation")
    for batch in batches(iter(_names(_place("extras")))):
        rows = list(Video.objects.filter(pk__in=batch).values_list(*fields))
        captions = Caption.objects.filter(video_id__in=[row[0] for row in rows])
        revisions: dict[str, set[str]] = {}
        for video_id, revision in captions.values_list("video_id", "revision"):
            revisions.setdefault(video_id, set()).add(revision)
        for video_id, poster, generation, stored in rows:
            pictures, tracks = _extras_in(media_paths.extras_dir(video_id))
            orphans.there += len(pictures) + len(tracks)
            named = [entry for entry in pictures if poster and poster in entry.name]
            # Automatic thumbnails have a number and lie in the generation.
            is_whole = bool(named) or len(poster) < 2
            is_whole &= revisions.get(video_id, set()) <= {entry.stem for entry in tracks}
            is_whole &= _is_stored(stored, generation) or _has_basis(video_id, generation)
            left = [entry for entry in pictures if entry not in named]
            left += [entry for entry in tracks if entry.stem not in revisions.get(video_id, ())]
            if not is_whole:
                kept += bool(left)
                continue
            orphans.count += len(left)
            for entry in left:
                if is_old(entry):
                    orphans.add("extra_files", entry)
    moved = {folder: folder.name for folder in trash.list_entries(_place("extras"))}
    alive = existing_ids(set(moved.values()))
    orphans.moved = sum(
        len(entries)
        for folder, video_id in moved.items()
        if video_id in alive
        for entries in _extras_in(folder)
    )
    return orphans, kept


def _extras_in(root: Path) -> tuple[list[Path], list[Path]]:
    """Return the pictures and the caption files of a video's folder of extras."""
    return [entry for entry in _entries(root) if entry.is_file()], _entries(root / "captions")


def orphaned_uploads() -> Orphans:
    """Return files of resumable uploads that have no row. Pieces with an unproven checksum are ``iter_leftovers``."""
    orphans = Orphans("upload files without a row")
    place = Path(settings.WORK_DIR) / "uploads"
    entries = {entry.name: entry for entry in _entries(place) if "." not in entry.name}
    orphans.there = len(entries)
    alive = set(Upload.objects.filter(pk__in=list(entries), finished_at=None).values_list("pk", flat=True))
    for name, entry in entries.items():
        if name not in alive:
            orphans.count += 1
            if is_old(entry):
                orphans.add("upload_files", entry)
    orphans.moved = len(trash.list_entries(place))
    return orphans


def iter_leftovers() -> Iterator[Path]:
    """Yield files that can be deleted at once: no client relies on them, or they can be made again.

    Unproven pieces of uploads, forms in flight, and what attempts at a video were making.
    """
    yield from (entry for entry in iter_old_entries(Path(settings.WORK_DIR) / "uploads") if "." in entry.name)
    yield from iter_old_entries(Path(settings.FILE_UPLOAD_TEMP_DIR))


def iter_abandoned_jobs() -> Iterator[Path]:
    """Yield folders of attempts whose video is not being processed; another attempt starts from the source."""
    root = Path(settings.WORK_DIR) / "jobs"
    for batch in batches(iter(_names(root))):
        working = Video.objects.filter(pk__in=batch, status=Status.PROCESSING).values_list("pk", flat=True)
        yield from (root / video_id for video_id in set(batch) - set(working) if is_old(root / video_id))


def batches(ids: Iterator[str]) -> Iterator[tuple[str, ...]]:
    """Yield the ids in groups that fit into one query."""
    while batch := tuple(islice(ids, BATCH)):
        yield batch


def iter_old_entries(root: Path) -> Iterator[Path]:
    """Yield entries of ``root`` that were not changed for ``SWEEP_GRACE_SECONDS``."""
    yield from (entry for entry in _entries(root) if is_old(entry))


def is_old(path: Path) -> bool:
    """Return whether the file or folder was not changed for ``SWEEP_GRACE_SECONDS``."""
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return changed <= clock.cautious_now().timestamp() - settings.SWEEP_GRACE_SECONDS


def is_settled(folder: Path) -> bool:
    """Return whether neither the folder nor its contents were changed for ``SWEEP_GRACE_SECONDS``."""
    return is_old(folder) and all(is_old(entry) for entry in _entries(folder))


def _place(folder: str) -> Path:
    return Path(settings.MEDIA_ROOT) / folder


def _entries(root: Path) -> list[Path]:
    return sorted(root.iterdir()) if root.is_dir() else []


def _names(root: Path) -> set[str]:
    return {entry.name for entry in root.iterdir()} if root.is_dir() else set()
