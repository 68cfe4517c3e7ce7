"""Checks of videos for ``manage.py doctor``: ffmpeg, its sandbox, the bucket, and whether media can be fetched."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from streamsite.doctor.registry import Finding, ok, problem, register_check, warning
from streamsite.doctor.services import Answer, Unreachable, ask_site
from videos import thumbnails
from videos.access import listed_videos
from videos.files import bucket, bucket_check
from videos.transcoding import ffmpeg
from videos.transcoding.errors import TranscodeError

NEEDED_FILTERS = ("scale", "fps", "format", "aresample")
# How many of the newest public videos are looked at for one with a thumbnail.
MAX_VIDEOS = 20


def check_ffmpeg() -> Iterator[Finding]:
    """Check that ffmpeg starts in its sandbox and has the filters that videos need."""
    try:
        has_filters = ffmpeg.has_filters(*NEEDED_FILTERS)
        layers = ffmpeg.sandbox_layers()
    except (TranscodeError, OSError) as error:
        yield problem(
            f"ffmpeg does not start ({error or type(error).__name__}).",
            "Correct FFMPEG_BIN, or unset it to use the packaged one; FFMPEG_LIBRARIES names its libraries.",
        )
        return
    if not has_filters:
        yield problem(
            f"ffmpeg lacks one of the filters {', '.join(NEEDED_FILTERS)}.",
            "Unset FFMPEG_BIN to use the packaged one.",
        )
    else:
        yield ok("ffmpeg runs and has what videos need.")
    if layers:
        yield ok(f"Conversions are confined by {' and '.join(layers)}.")
    else:
        yield warning(
            "Nothing confines conversions: this kernel has neither Landlock nor seccomp.",
            "docs/operations.md, 'The sandbox', says which kernels have them.",
        )


def check_bucket() -> Iterator[Finding]:
    """Write, read and delete a small object where a bucket is configured."""
    if not bucket.is_configured():
        return
    if told := bucket_check.find_problem():
        yield problem(told, "docs/operations.md, 'Keeping videos in a bucket'.")
    else:
        yield ok(f"The bucket {settings.S3_BUCKET} can be used.")


def check_media() -> Iterator[Finding]:
    """Fetch the thumbnail of a public video at the site's address, through whatever stands in front."""
    path = _public_thumbnail()
    if path is None:
        yield ok("No public video has a thumbnail yet, so none was fetched.")
        return
    try:
        answer = ask_site(path)
    except Unreachable:  # said by the check of the address
        return
    if _is_image(answer):
        yield ok("The thumbnail of a public video can be fetched.")
    elif "x-accel-redirect" in answer.headers:
        yield problem(
            "MEDIA_ACCEL_PREFIX is set, and nothing in front of the site sends the files that it names.",
            "Use deploy/nginx.conf, or unset MEDIA_ACCEL_PREFIX.",
        )
    else:
        yield problem(
            f"The thumbnail of a public video is answered with {answer.status}, without an image.",
            "The web server in front must be able to read the media folder: its user, its group, and 'alias' in its"
            " configuration (docs/operations.md, 'An nginx of your own').",
        )


def _public_thumbnail() -> str | None:
    newest = listed_videos().order_by("-published_at")[:MAX_VIDEOS]
    found = (thumbnails.thumbnail_url(video, thumbnails.CARD) for video in newest)
    return next((path for path in found if path and path.startswith("/")), None)


def _is_image(answer: Answer) -> bool:
    return (
        answer.status == 200
        and answer.headers.get("content-type", "").startswith("image/")
        and bool(answer.body)
    )


register_check("Videos", check_ffmpeg)
register_check("Videos", check_bucket)
register_check("Videos", check_media, needs_database=True)
