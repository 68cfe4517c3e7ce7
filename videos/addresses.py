"""Addresses of a video's files, signed for whoever may open the video now."""

from __future__ import annotations

from streamsite.visibility import is_linkable
from videos import media_tokens
from videos.models import ShareLink, Video

MASTER, STORYBOARD, DOWNLOAD = "master.m3u8", "storyboard.vtt", "download.mp4"
# What belongs to the video and to no generation of it: captions, own posters.
EXTRAS = "extras"


def media_url(video: Video, name: str, link: ShareLink | None = None) -> str | None:
    """The address of a file of the generation that is served; ``None`` while there is none.

    It works for everybody while the video may be opened by its link, else for those whom ``link`` let in, else for the
    owner.
    """
    return _signed(video, video.generation, name, link) if video.generation else None


def extra_url(video: Video, name: str, link: ShareLink | None = None) -> str:
    """The address of a file that belongs to the video and to no generation."""
    return _signed(video, EXTRAS, name, link)


def _signed(video: Video, folder: str, name: str, link: ShareLink | None) -> str:
    if is_linkable(video.visibility) and video.generation:
        token = media_tokens.make(video.pk, folder, media_tokens.PUBLIC)
    elif link is not None:
        token = media_tokens.make(video.pk, folder, media_tokens.SHARED, link_id=link.pk)
    else:
        token = media_tokens.make(video.pk, folder, media_tokens.OWNER)
    return f"/media/v/{token}/{video.pk}/{folder}/{name}"
