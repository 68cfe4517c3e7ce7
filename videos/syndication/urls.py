"""Stable URLs for other programs: absolute, without tokens, authorized at each request.

Those of files redirect to the current media URL (see ``views.syndication``).
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from streamsite import origin
from videos import sensitivity, thumbnails
from videos.models import Caption, Video

THUMBNAIL_ROUTES = {
    thumbnails.LARGE: "shared-picture",
    thumbnails.CARD: "shared-card",
    thumbnails.SMALL: "shared-small",
}


def absolute_url(path: str) -> str:
    """Return the absolute URL of ``path`` on this site."""
    return f"{origin.current()}{path}"


def watch_url(video: Video) -> str:
    """Return the watch page's URL, independent of the viewer."""
    return absolute_url(video.get_absolute_url())


def embed_url(video: Video) -> str:
    """Return the URL of the player for other sites."""
    return absolute_url(reverse("embed", args=[video.pk]))


def thumbnail_url(video: Video, size: str = thumbnails.LARGE) -> str | None:
    """Return the URL of the video's thumbnail; ``None`` while there is none."""
    return (
        absolute_url(reverse(THUMBNAIL_ROUTES[size], args=[video.pk]))
        if thumbnails.thumbnail_url(video, size)
        else None
    )


def preview_url(video: Video, size: str = thumbnails.LARGE) -> str | None:
    """Return ``thumbnail_url`` for previews on other sites; ``None`` where this site blurs thumbnails."""
    is_shown = sensitivity.has_public_picture(is_sensitive=video.shown_as_sensitive)
    return thumbnail_url(video, size) if is_shown else None


def file_url(video: Video) -> str:
    """Return the URL of the whole video as one file where its owner offers one; else that of the stream."""
    return absolute_url(reverse("shared-file", args=[video.pk]))


def stream_url(video: Video) -> str:
    """Return the URL of the video for HLS players."""
    return absolute_url(reverse("shared-stream", args=[video.pk]))


def channel_url(owner: User) -> str:
    """Return the URL of the channel's page."""
    return absolute_url(owner.get_absolute_url())


def channel_feed_url(owner: User) -> str:
    """Return the URL of the channel's RSS feed."""
    return absolute_url(reverse("channel-feed", args=[owner.username]))


def caption_url(video: Video, track: Caption) -> str:
    """Return the URL of a caption track."""
    return absolute_url(reverse("shared-caption", args=[video.pk, track.pk]))


def chapters_url(video: Video) -> str:
    """Return the URL of the video's chapters for podcast programs."""
    return absolute_url(reverse("shared-chapters", args=[video.pk]))


def artwork_url(owner: User) -> str | None:
    """Return the URL of the channel's avatar as square artwork of podcasts; ``None`` without an avatar.

    It changes with the avatar.
    """
    if not owner.avatar:
        return None
    return absolute_url(reverse("channel-artwork", args=[owner.username, owner.avatar]))


def oembed_url(url: str) -> str:
    """Return the oEmbed URL for ``url``, a page of this site."""
    return absolute_url(f"{reverse('oembed')}?{urlencode({'url': url, 'format': 'json'})}")
