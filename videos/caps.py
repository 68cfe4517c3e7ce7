"""Caps on the rows that belong to videos, such as captions and share links."""

from __future__ import annotations

from streamsite.row_limits import RowLimit
from videos.models import Caption, ShareLink, Video


def build_caps(
    model: type[Caption] | type[ShareLink],
    video: Video,
    *,
    per_video: tuple[int, str],
    per_owner: tuple[int, str],
) -> tuple[RowLimit, RowLimit]:
    """Return the cap on rows of ``model`` for ``video``, and the one for all videos of its owner.

    Each pair is the most there may be and the sentence that refuses more.
    """
    own = list(Video.objects.filter(channel_id=video.channel_id).values_list("pk", flat=True))
    return (
        RowLimit(model.objects.filter(video=video).count, *per_video),
        RowLimit(model.objects.filter(video_id__in=own).count, *per_owner),
    )
