"""The encoding profile that the settings describe."""

from __future__ import annotations

from django.conf import settings

from videos.transcoding.profiles import Profile


def site_profile() -> Profile:
    """Return how this site encodes."""
    return Profile(
        codec=settings.TRANSCODE_CODEC,
        short_sides=settings.TRANSCODE_SHORT_SIDES,
        bitrate_percent=settings.TRANSCODE_BITRATE_PERCENT,
        preset=settings.TRANSCODE_PRESET,
    )
