"""Signed URLs of a video's files, for viewers who may watch it now."""

from __future__ import annotations

from accounts.registration import login_only
from videos.files import tokens
from videos.files.tokens import Grant
from videos.models import ShareLink, Video
from videos.playback_gate import PlaybackGate

MASTER, STORYBOARD, DOWNLOAD = "master.m3u8", "storyboard.vtt", "download.mp4"
# The folder of files that belong to no generation: captions, uploaded thumbnails.
EXTRAS = "extras"


# By what somebody may have files that are not open to all: on a page the share link that let them in (without one it
# is the owner's page), in the API what identifies the caller.
class ReviewGrant:
    """The grant of pages of the admin, for staff who may review every video."""


REVIEW = ReviewGrant()
AnyGrant = ShareLink | Grant | ReviewGrant


def media_url(video: Video, name: str, grant: AnyGrant | None = None) -> str | None:
    """Return the URL of a file of the current generation; ``None`` while there is none.

    It works for everybody while the video may be opened by its link, else as ``grant`` says.
    """
    return _signed(video, video.generation, name, grant) if video.generation else None


def extra_url(video: Video, name: str, grant: AnyGrant | None = None) -> str:
    """Return the URL of a file that belongs to no generation, such as captions."""
    return _signed(video, EXTRAS, name, grant)


def public_image_url(video: Video, folder: str, name: str) -> str:
    """Return the lasting URL of an image of a public video; ``folder`` is its generation or ``EXTRAS``.

    What is at this URL never changes. It is served while the video is public.
    """
    return f"/media/p/{video.pk}/{folder}/{name}"


def _signed(video: Video, folder: str, name: str, grant: AnyGrant | None) -> str:
    return f"/media/v/{_token(video, folder, grant)}/{video.pk}/{folder}/{name}"


def _token(video: Video, folder: str, grant: AnyGrant | None) -> str:
    duration = video.duration
    if isinstance(grant, ReviewGrant):
        return tokens.create_page_token(video.pk, folder, tokens.REVIEW, duration=duration)
    # Whether the channel is active is decided when the file is served. Programs of a login-only site send no cookie.
    is_held = isinstance(grant, Grant) and login_only.is_on()
    if not is_held and PlaybackGate.of(video, channel_is_active=True).allows_anyone:
        return tokens.create_page_token(video.pk, folder, tokens.PUBLIC, duration=duration)
    if isinstance(grant, Grant):
        epoch = video.visibility_epoch
        return tokens.create_held_token(video.pk, folder, grant, epoch=epoch, duration=duration)
    if grant is not None:
        return tokens.create_page_token(video.pk, folder, tokens.SHARED, link_id=grant.pk, duration=duration)
    return tokens.create_page_token(video.pk, folder, tokens.OWNER, duration=duration)
