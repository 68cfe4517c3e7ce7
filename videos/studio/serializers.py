"""Input of the studio's endpoints."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from videos.studio.bulk_actions import MAX_VIDEOS


class BulkSerializer(InputSerializer):
    """One change for many videos."""

    video_ids = serializers.ListField(child=serializers.CharField(), min_length=1, max_length=MAX_VIDEOS)
    action = serializers.CharField(help_text="visibility, category, playlist or delete.")
    value = serializers.CharField(
        required=False, help_text="The visibility, the category, or the id of a playlist of yours."
    )
