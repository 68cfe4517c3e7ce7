"""The encoding profile that the settings describe."""

from __future__ import annotations

from django.conf import settings

from videos.transcoding.profiles import H264, Profile

# What the small rendition of a short ladder has at least, where the site's rungs allow.
SMALL_LINES = 240


def site_profile() -> Profile:
    """Return how this site encodes."""
    return Profile(
        codec=settings.TRANSCODE_CODEC,
        short_sides=settings.TRANSCODE_SHORT_SIDES,
        bitrate_percent=settings.TRANSCODE_BITRATE_PERCENT,
        preset=settings.TRANSCODE_PRESET,
    )


def few_rungs_profile() -> Profile:
    """Return a profile for generated clips: H.264, the largest rung and a small one."""
    sides = settings.TRANSCODE_SHORT_SIDES
    small = min((side for side in sides if side >= SMALL_LINES), default=sides[-1])
    return Profile(
        codec=H264,
        short_sides=tuple(dict.fromkeys((sides[0], small))),
        bitrate_percent=settings.TRANSCODE_BITRATE_PERCENT,
        preset=settings.TRANSCODE_PRESET,
    )
