"""The files that an archive contains: originals or best renditions, thumbnails, captions, and images."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path

from accounts import image_processing, image_storage
from accounts.models import User
from streamsite.space.reservations import hold_space
from takeout.exports.zip_layout import ZipLayout
from videos.captions.services import list_tracks, track_path
from videos.files import locations, paths
from videos.files.urls import DOWNLOAD
from videos.models import Video
from videos.processing import space
from videos.transcoding.download import download_sources, make_download
from videos.transcoding.errors import TranscodeError
from videos.transcoding.image_sizes import LARGE

SUFFIX = re.compile(r"\.[a-z0-9]{1,5}\Z", re.ASCII)
ORIGINAL, RENDITION = "original", "rendition"
Object = dict[str, object]


def add_video_files(archive: ZipLayout, video: Video, described: Object, *, with_media: bool) -> None:
    """Add the files of a video to the archive, and name them in its object."""
    if with_media:
        described["media"] = _add_media(archive, video)
    if len(video.poster) > 1:  # one that the owner chose
        name = f"media/{video.pk}/thumbnail.webp"
        path = paths.extras_dir(video.pk) / f"{LARGE.name}-{video.poster}.webp"
        described["thumbnail"] = _add(archive, name, path)
    described["captions"] = [
        {"file": file, "language": track.language, "label": track.label, "kind": track.kind}
        for track in list_tracks(video.pk)
        if (file := _add(archive, f"media/{video.pk}/captions/{track.pk}.vtt", track_path(track)))
    ]


def add_profile_images(archive: ZipLayout, user: User, described: Object) -> None:
    """Add avatar and cover to the archive, and name them in the account's object."""
    for kind in image_processing.PROFILE_IMAGES.values():
        folder = getattr(user, kind.name)
        if folder:
            path = image_storage.folder_path(folder) / kind.files[0]
            described[kind.name] = _add(archive, f"profile/{kind.name}{path.suffix}", path)


def add_post_image(archive: ZipLayout, post: Object) -> None:
    """Add the image of a post, whose object names its folder, and name the file instead."""
    folder = str(post["image"] or "")
    path = image_storage.folder_path(folder) / image_processing.POST.files[0]
    post["image"] = _add(archive, f"posts/{post['id']}{path.suffix}", path) if folder else None


def media_bytes(user: User) -> int:
    """Return about how many bytes of media an account's archive has."""
    rows = Video.objects.filter(channel=user).values_list("source_size", flat=True)
    return sum(rows.iterator())


def _add(archive: ZipLayout, name: str, path: Path) -> str | None:
    with suppress(FileNotFoundError):
        archive.add_file(name, path)
        return name
    return None


def _add_media(archive: ZipLayout, video: Video) -> Object | None:
    """Add the uploaded file, or else the best of what was made of it; ``None`` when there is neither."""
    source = paths.source_path(video.pk)
    found = SUFFIX.search(video.source_name.lower())
    name = f"media/{video.pk}/original{found[0] if found else '.bin'}"
    with suppress(FileNotFoundError):
        facts = archive.add_file(name, source)
        return {"file": name, "kind": ORIGINAL, "name": video.source_name, **facts._asdict()}
    place = locations.get_location(video.pk)
    if place is None or not place.generation or not place.is_complete:
        return None
    return _add_rendition(archive, video, place)


def _add_rendition(archive: ZipLayout, video: Video, place: locations.MediaLocation) -> Object | None:
    name = f"media/{video.pk}/rendition.mp4"
    made = archive.folder / f".{secrets.token_hex(4)}.mp4"
    try:
        with locations.files_on_disk(place, _choose) as folder:
            if (folder / DOWNLOAD).is_file():
                facts = archive.add_file(name, folder / DOWNLOAD)
            else:
                with hold_space(space.estimate_download(folder)):
                    make_download(folder, made)
                facts = archive.add_file(name, made)
    except (TranscodeError, FileNotFoundError):
        return None
    finally:
        made.unlink(missing_ok=True)
    return {"file": name, "kind": RENDITION, "name": f"{video.pk}.mp4", **facts._asdict()}


def _choose(folder: Path, names: list[str]) -> list[str]:
    if DOWNLOAD in names:
        return [DOWNLOAD]
    renditions = download_sources(folder)
    return [name for name in names if name.partition("/")[0] in renditions and not name.endswith(".m3u8")]
