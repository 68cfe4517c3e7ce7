"""Caps on the rows that belong to videos, such as captions and share links."""

from __future__ import annotations

from typing import Any

from streamsite.caps import Cap
from videos.models import Video


def of_video_and_owner(
    model: Any, video: Video, *, per_video: tuple[int, str], per_owner: tuple[int, str]
) -> tuple[Cap, Cap]:
    """Return the cap on rows of ``model`` for ``video``, and the one for all videos of its owner.

    Each pair is the most there may be and the sentence that refuses more.
    """
    own = list(Video.objects.filter(channel_id=video.channel_id).values_list("pk", flat=True))
    return (
        Cap(model.objects.filter(video=video).count, *per_video),
        Cap(model.objects.filter(video_id__in=own).count, *per_owner),
    )
