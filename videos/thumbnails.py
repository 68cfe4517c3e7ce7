"""Thumbnails of videos: one of three automatic ones, a frame at a moment, or an uploaded image."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TypedDict

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from accounts import image_processing
from accounts.registration import login_only
from streamsite.errors import Conflict, Invalid
from streamsite.ids import object_id
from videos.files import bucket, bucket_delivery, locations, paths
from videos.files.urls import EXTRAS, AnyGrant, extra_url, media_url, public_image_url
from videos.models import Video
from videos.playback_gate import PlaybackGate
from videos.transcoding.errors import TranscodeError
from videos.transcoding.image_sizes import CARD as CARD_SIZE
from videos.transcoding.image_sizes import LARGE as LARGE_SIZE
from videos.transcoding.image_sizes import SMALL as SMALL_SIZE
from videos.transcoding.image_sizes import file_names, write_image_sizes
from videos.transcoding.thumbnails import make_thumbnail, segment_files_at

LARGE, CARD, SMALL = LARGE_SIZE.name, CARD_SIZE.name, SMALL_SIZE.name
PENDING_SALT, PENDING_LIFETIME = "videos.thumbnail", timedelta(days=1)
IMAGE_KIND = image_processing.ImageType("poster", ((1280, 720),))


class ThumbnailChoiceDict(TypedDict):
    """One of the automatic thumbnails: its number from 1, its URL, and whether it is the present one."""

    choice: int
    url: str
    is_chosen: bool


def thumbnail_url(video: Video, size: str, grant: AnyGrant | None = None) -> str | None:
    """Return the URL of the thumbnail in size ``LARGE`` or ``CARD``; ``None`` while there is none."""
    if len(video.poster) > 1:
        name = _own_name(size, video.poster)
        return public_image_url(video, EXTRAS, name) if _is_public(video) else extra_url(video, name, grant)
    if not video.has_poster:
        return None
    name = automatic_file_name(size, video.poster)
    # Before the ladder is complete, another image will take the place of this one.
    if video.is_complete and _is_public(video):
        return public_image_url(video, video.generation, name)
    return media_url(video, name, grant)


def _is_public(video: Video) -> bool:
    """Return whether everyone may have the video's thumbnails at lasting addresses."""
    return not login_only.is_on() and PlaybackGate.of(video, channel_is_active=True).is_listed


def thumbnail_jpeg_url(video: Video) -> str | None:
    """Return the URL of the ``LARGE`` thumbnail as JPEG, or as WebP for videos that have no JPEG."""
    address = thumbnail_url(video, LARGE)
    if address is None:
        return None
    folder, _slash, name = address.rpartition("/")
    jpeg = f"{name.removesuffix('.webp')}.jpg"
    return f"{folder}/{jpeg}" if _is_there(video, jpeg) else address


def _is_there(video: Video, name: str) -> bool:
    if len(video.poster) > 1:
        return (paths.extras_dir(video.pk) / name).is_file()
    if bucket.is_stored(video.stored_generation, video.generation):
        return bucket_delivery.object_exists(bucket.folder_name(video.pk, video.stored_generation), name)
    return (paths.generation_dir(video.pk, video.generation) / name).is_file()


def thumbnail_choices(video: Video) -> list[ThumbnailChoiceDict]:
    """Return the automatic thumbnails to choose from."""
    found: list[ThumbnailChoiceDict] = []
    for number in range(1, video.poster_choices + 1):
        chosen = "" if number == 1 else str(number)
        address = media_url(video, automatic_file_name(CARD, chosen))
        if address:
            found.append({"choice": number, "url": address, "is_chosen": video.poster == chosen})
    return found


def automatic_file_name(size: str, chosen: str = "") -> str:
    """Return the file name of an automatic thumbnail: ``poster.webp``, ``card-2.webp``."""
    return f"{size}-{chosen}.webp" if chosen else f"{size}.webp"


def choose_automatic(video: Video, number: int) -> Video:
    """Use one of the automatic thumbnails. Raises ``Invalid``."""
    if not 1 <= number <= max(1, video.poster_choices):
        raise Invalid(
            _("Choose one of the thumbnails shown."),
            fields={"choice": [_("Choose one of the thumbnails shown.")]},
        )
    return _switch(video, "" if number == 1 else str(number))


def set_image(video: Video, content: IO[bytes]) -> Video:
    """Use an uploaded image, cropped to 16:9 and encoded again. Raises ``Invalid`` or ``TooLarge``."""
    return use_prepared(video, prepare_image(video, content))


def prepare_image(video: Video, content: IO[bytes]) -> str:
    """Write an uploaded image beside the present thumbnail and return its revision for ``use_prepared``.

    Raises ``Invalid`` or ``TooLarge``. The cleanup of files removes it when it is never used.
    """
    (safe,) = image_processing.prepare_image(content, IMAGE_KIND).values()
    with Image.open(io.BytesIO(safe), formats=("WEBP",)) as image:
        picture = image.convert("RGB")
    _remove_old_pending(video)
    return _prepare(video, lambda folder, suffix: write_image_sizes(picture, folder, suffix))


def set_frame(video: Video, seconds: float) -> Video:
    """Use the frame at ``seconds``. Raises ``Invalid``, or ``Conflict`` while there are no files to take it from."""
    return use_prepared(video, prepare_frame(video, seconds))


def require_frame(video: Video, seconds: float, *, field: str = "at") -> None:
    """Raise ``Invalid`` for ``field`` when the video has no frame at ``seconds``."""
    if not 0 <= seconds <= max(video.duration, 0.0):
        sentence = _("Choose a time between 0 and %(seconds)s seconds.") % {
            "seconds": f"{video.duration:.1f}"
        }
        raise Invalid(sentence, fields={field: [sentence]})


def prepare_frame(video: Video, seconds: float) -> str:
    """Write the frame at ``seconds`` as ``prepare_image`` does, and raise what ``set_frame`` raises."""
    require_frame(video, seconds)
    place = locations.get_location(video.pk)
    if place is None or not place.generation:
        raise Conflict(_("Thumbnails are available once processing starts."))
    try:
        with locations.files_on_disk(
            place, lambda ladder, names: segment_files_at(ladder, seconds), for_request=True
        ) as ladder:
            return _prepare(
                video, lambda folder, suffix: make_thumbnail(ladder, seconds, folder, suffix, exact=True)
            )
    except TranscodeError as error:
        raise Conflict(error.detail) from None


def reset_thumbnail(video: Video) -> Video:
    """Use the first automatic thumbnail again."""
    return _switch(video, "")


def _prepare(video: Video, write: Callable[[Path, str], None]) -> str:
    """Write the files of a new revision with ``write`` and return the revision. A failure changes nothing."""
    revision = object_id()
    with TemporaryDirectory(dir=settings.WORK_DIR) as made:
        write(Path(made), f"-{revision}")
        for name in file_names(f"-{revision}"):
            paths.write_extra(paths.extras_dir(video.pk) / name, (Path(made) / name).read_bytes())
    return revision


def use_prepared(video: Video, revision: str) -> Video:
    """Use the thumbnail that ``prepare_image`` or ``prepare_frame`` wrote."""
    return _switch(video, revision)


def pending_token(video: Video, revision: str) -> str:
    """Return a signed name of a prepared thumbnail, which a form sends back to use it within a day."""
    return TimestampSigner(salt=PENDING_SALT).sign(f"{video.pk}.{revision}")


def pending_revision(video: Video, token: str) -> str | None:
    """Return the revision that ``pending_token`` named; ``None`` when it is not this video's, too old, or gone."""
    try:
        video_id, _dot, revision = (
            TimestampSigner(salt=PENDING_SALT).unsign(token, max_age=PENDING_LIFETIME).partition(".")
        )
    except BadSignature:
        return None
    is_there = (paths.extras_dir(video.pk) / _own_name(CARD, revision)).is_file()
    return revision if video_id == video.pk and is_there else None


def discard_prepared(video: Video, revision: str) -> None:
    """Remove the files of a prepared thumbnail that is not used."""
    for name in file_names(f"-{revision}"):
        (paths.extras_dir(video.pk) / name).unlink(missing_ok=True)


def _remove_old_pending(video: Video) -> None:
    """Remove prepared thumbnails whose tokens have expired."""
    oldest = time.time() - PENDING_LIFETIME.total_seconds()
    for path in paths.extras_dir(video.pk).glob(_own_name(CARD, "*")):
        revision = path.stem.partition("-")[2]
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest and not _is_used(video, revision):
                discard_prepared(video, revision)


def _is_used(video: Video, revision: str) -> bool:
    return Video.objects.filter(pk=video.pk, poster=revision).exists()


def pending_url(video: Video, revision: str) -> str:
    """Return the URL of a prepared thumbnail, for its owner to see."""
    return extra_url(video, _own_name(CARD, revision))


def _switch(video: Video, poster: str) -> Video:
    former = Video.objects.filter(pk=video.pk).values_list("poster", flat=True).first() or ""
    Video.objects.filter(pk=video.pk).update(
        poster=poster, version=F("version") + 1, updated_at=timezone.now()
    )
    if len(former) > 1 and former != poster:
        discard_prepared(video, former)
    return Video.objects.select_related("channel").get(pk=video.pk)


def _own_name(size: str, revision: str) -> str:
    return f"{size}-{revision}.webp"
