"""Addresses that other programs may keep: whole, without a token, decided about at each request.

Those of files lead on to the media URL of that moment (see ``views.sharing``).
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from streamsite import origin
from videos import thumbnails
from videos.models import Video

THUMBNAIL_ROUTES = {
    thumbnails.LARGE: "shared-picture",
    thumbnails.CARD: "shared-card",
    thumbnails.SMALL: "shared-small",
}


def absolute_url(path: str) -> str:
    """``path`` on this site, for readers elsewhere."""
    return f"{origin.current()}{path}"


def watch_url(video: Video) -> str:
    """The watch page, without anything that depends on who asks."""
    return absolute_url(video.get_absolute_url())


def embed_url(video: Video) -> str:
    """The player for other sites."""
    return absolute_url(reverse("embed", args=[video.pk]))


def thumbnail_url(video: Video, size: str = thumbnails.LARGE) -> str | None:
    """The picture that stands for the video; ``None`` while there is none."""
    return (
        absolute_url(reverse(THUMBNAIL_ROUTES[size], args=[video.pk]))
        if thumbnails.thumbnail_url(video, size)
        else None
    )


def file_url(video: Video) -> str:
    """The whole video in one file, where its owner offers one; else the same as ``stream``."""
    return absolute_url(reverse("shared-file", args=[video.pk]))


def stream_url(video: Video) -> str:
    """The video for players of HLS."""
    return absolute_url(reverse("shared-stream", args=[video.pk]))


def channel_url(owner: User) -> str:
    """The channel's page."""
    return absolute_url(owner.get_absolute_url())


def channel_feed_url(owner: User) -> str:
    """The channel's newest videos as RSS."""
    return absolute_url(reverse("channel-feed", args=[owner.username]))


def oembed_url(url: str) -> str:
    """Return where programs ask how to show what is at ``url``, an address of this site."""
    return absolute_url(f"{reverse('oembed')}?{urlencode({'url': url, 'format': 'json'})}")
