"""Input: heartbeats of players."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework import serializers

from streamsite.api.fields import StrictCharField, StrictChoiceField, StrictFloatField
from streamsite.api.inputs import InputSerializer
from videos.playback.heartbeats import MAX_INTERVALS, SESSION_PATTERN, SOURCES


class HeartbeatSerializer(InputSerializer):
    """A heartbeat: where the player is, and what it has shown since the last one."""

    position = StrictFloatField(min_value=0, help_text="Seconds.")
    watched = serializers.ListField(
        child=serializers.ListField(child=StrictFloatField(min_value=0), min_length=2, max_length=2),
        required=False,
        default=list,
        max_length=MAX_INTERVALS,
        help_text="Pairs [start, end] in seconds.",
    )
    session = StrictCharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=64,
        help_text="Chosen by the player, one per visit.",
    )
    source = StrictChoiceField(  # type: ignore[assignment]
        choices=SOURCES, required=False, default="direct", help_text="What led to the video."
    )

    def validate_session(self, value: str) -> str:
        """Refuse what is not a name."""
        if value and not SESSION_PATTERN.match(value):
            raise serializers.ValidationError("1 to 64 letters, digits, '-' and '_'.")
        return value

    def validate_watched(self, value: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
        """Refuse a pair that ends before it starts."""
        if any(end < start for start, end in value):
            raise serializers.ValidationError("Each pair starts before it ends.")
        return value
