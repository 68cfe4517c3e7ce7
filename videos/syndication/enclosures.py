"""The media behind the stable URLs of files."""

from __future__ import annotations

from dataclasses import dataclass

from videos import access, thumbnails
from videos.captions import services as captions
from videos.files import bucket, bucket_delivery, paths
from videos.files.content_types import content_type_of
from videos.files.urls import DOWNLOAD, MASTER, extra_url, media_url
from videos.models import Video
from videos.syndication import urls


@dataclass(frozen=True)
class SharedMedia:
    """A stable URL and its content type; ``is_file`` when it is the whole video and not a playlist of segments."""

    url: str
    content_type: str
    is_file: bool


def has_public_file(video: Video) -> bool:
    """Return whether anyone may download the video as one file."""
    return access.may_download(video) and video.has_download


def get_shared_media(video: Video) -> SharedMedia:
    """Return the media for other programs: one file where there is one, else HLS."""
    if has_public_file(video):
        return SharedMedia(urls.file_url(video), content_type_of(DOWNLOAD), is_file=True)
    return SharedMedia(urls.stream_url(video), content_type_of(MASTER), is_file=False)


def file_media_url(video: Video) -> str | None:
    """Return the media URL of the file for download, or of the stream where there is none."""
    return media_url(video, DOWNLOAD if has_public_file(video) else MASTER)


def stream_media_url(video: Video) -> str | None:
    """Return the media URL of the stream."""
    return media_url(video, MASTER)


def caption_media_url(video: Video, caption_id: str) -> str | None:
    """Return the media URL of a caption track; ``None`` when the video has none with this id."""
    tracks = captions.list_tracks(video.pk) if video.has_captions else []
    found = next((track for track in tracks if track.pk == caption_id), None)
    return extra_url(video, captions.track_file_name(found)) if found else None


def thumbnail_media_url(video: Video, size: str) -> str | None:
    """Return the media URL of the thumbnail in ``size``, the large one as a JPEG."""
    return (
        thumbnails.thumbnail_jpeg_url(video)
        if size == thumbnails.LARGE
        else thumbnails.thumbnail_url(video, size)
    )


def get_file_size(video: Video) -> int:
    """Return the exact size of the file for download; 0 when it does not exist.

    The file itself is measured where the row does not have the size, since rows can be older than that field.
    """
    if video.download_bytes:
        return video.download_bytes
    if bucket.is_stored(video.stored_generation, video.generation):
        return bucket_delivery.object_size(bucket.folder_name(video.pk, video.stored_generation), DOWNLOAD)
    try:
        return (paths.generation_dir(video.pk, video.generation) / DOWNLOAD).stat().st_size
    except FileNotFoundError:
        return 0
