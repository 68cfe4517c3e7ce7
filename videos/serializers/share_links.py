"""Input: share links."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer


class ShareLinkInputSerializer(InputSerializer):
    """A new share link; everything may be left out."""

    label = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    expires_at = serializers.DateTimeField(required=False)
    expires_in = serializers.IntegerField(required=False, help_text="Seconds; instead of expires_at.")
    max_views = serializers.IntegerField(required=False)
