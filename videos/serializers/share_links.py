"""Input: share links."""

from __future__ import annotations

from streamsite.api.fields import CleanLineField, ClearableDateTimeField, ClearableIntegerField
from streamsite.api.inputs import InputSerializer
from videos.share_links import MAX_LABEL, MAX_VIEWS


class ShareLinkInputSerializer(InputSerializer):
    """A new share link; everything may be left out."""

    label = CleanLineField(  # type: ignore[assignment]
        max_length=MAX_LABEL, required=False, allow_blank=True, allow_null=True
    )
    expires_at = ClearableDateTimeField(required=False, allow_null=True)
    expires_in = ClearableIntegerField(
        required=False, allow_null=True, help_text="Seconds, instead of expires_at."
    )
    max_views = ClearableIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_VIEWS)
