"""Order of processing: small files before large ones, an account's first before its tenth.

The more somebody has uploaded lately, the further back their next video stands, so that one person's hundred files do
not keep everybody else waiting (PeerTube's rule, with a bonus for what takes little time anyway).
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from videos.access import own_videos
from videos.models import Video

WINDOW = timedelta(days=7)
MAX_COUNTED = 40
SMALL_BYTES, SMALL_BONUS = 64 * 1024**2, 8
LARGE_BYTES, LARGE_PENALTY = 2 * 1024**3, 5


def job_priority(video: Video) -> int:
    """Return the priority of the video's job, from -45 to 8; higher is taken first."""
    lately = own_videos(video.channel_id).filter(created_at__gte=timezone.now() - WINDOW).exclude(pk=video.pk)
    behind = len(lately.values_list("pk")[:MAX_COUNTED])
    if video.source_size <= SMALL_BYTES:
        return SMALL_BONUS - behind
    return -behind - (LARGE_PENALTY if video.source_size > LARGE_BYTES else 0)
