"""Input: heartbeats."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from videos.playback.heartbeats import SOURCES


class HeartbeatSerializer(InputSerializer):
    """A heartbeat: where the player is, and what it has shown since the last one."""

    position = serializers.FloatField(min_value=0, help_text="Seconds.")
    watched = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(min_value=0), min_length=2, max_length=2),
        required=False,
        max_length=50,
        help_text="Pairs [start, end] in seconds.",
    )
    session = serializers.CharField(
        required=False, max_length=64, help_text="Chosen by the player, one per visit."
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=SOURCES, required=False, help_text="What led to the video."
    )
