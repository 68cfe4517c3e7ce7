"""Addresses that other programs may keep: whole, without a token, decided about at each request.

Those of files lead on to the media URL of that moment (see ``views.sharing``).
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from streamsite import origin
from videos.files import thumbnails
from videos.models import Video

PICTURES = {
    thumbnails.LARGE: "shared-picture",
    thumbnails.CARD: "shared-card",
    thumbnails.SMALL: "shared-small",
}


def absolute(path: str) -> str:
    """``path`` on this site, for readers elsewhere."""
    return f"{origin.current()}{path}"


def page(video: Video) -> str:
    """The watch page, without anything that depends on who asks."""
    return absolute(video.get_absolute_url())


def embed(video: Video) -> str:
    """The player for other sites."""
    return absolute(reverse("embed", args=[video.pk]))


def picture(video: Video, size: str = thumbnails.LARGE) -> str | None:
    """The picture that stands for the video; ``None`` while there is none."""
    return absolute(reverse(PICTURES[size], args=[video.pk])) if thumbnails.url(video, size) else None


def file(video: Video) -> str:
    """The whole video in one file, where its owner offers one; else the same as ``stream``."""
    return absolute(reverse("shared-file", args=[video.pk]))


def stream(video: Video) -> str:
    """The video for players of HLS."""
    return absolute(reverse("shared-stream", args=[video.pk]))


def channel(owner: User) -> str:
    """The channel's page."""
    return absolute(owner.get_absolute_url())


def channel_feed(owner: User) -> str:
    """The channel's newest videos as RSS."""
    return absolute(reverse("channel-feed", args=[owner.username]))


def oembed(url: str) -> str:
    """Return where programs ask how to show what is at ``url``, an address of this site."""
    return absolute(f"{reverse('oembed')}?{urlencode({'url': url, 'format': 'json'})}")
