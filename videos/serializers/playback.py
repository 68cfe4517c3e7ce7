"""Input: heartbeats of players."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.utils.translation import gettext as _
from rest_framework import serializers

from streamsite.api.fields import StrictCharField, StrictChoiceField, StrictFloatField
from streamsite.api.inputs import InputSerializer
from videos.playback.heartbeats import MAX_INTERVALS, SESSION_PATTERN, SOURCES

# More than any video has; infinity is not a number of JSON, and integers may be longer than a float.
MAX_SECONDS = 1e9


class PairsField(serializers.ListField):
    """Pairs ``[start, end]`` of seconds. They are checked in one go, because players send them every few seconds."""

    def run_child_validation(self, data: Sequence[object]) -> list[list[float]]:
        """Return the pairs, or raise ``ValidationError``."""
        if not all(_is_pair(one) for one in data):
            raise serializers.ValidationError(
                _("Enter pairs [start, end] in seconds. The end must not be before the start.")
            )
        return cast(list[list[float]], data)


def _is_pair(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    start, end = value
    are_numbers = type(start) in (int, float) and type(end) in (int, float)
    return are_numbers and 0 <= start <= end <= MAX_SECONDS


class HeartbeatSerializer(InputSerializer):
    """A heartbeat: where the player is, and what it has shown since the last one."""

    position = StrictFloatField(min_value=0, help_text="Seconds.")
    watched = PairsField(
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
        trim_whitespace=False,
        max_length=64,
        help_text="Chosen by the player, one per visit.",
    )
    source = StrictChoiceField(  # type: ignore[assignment]
        choices=SOURCES, required=False, default="direct", help_text="The traffic source."
    )

    def validate_session(self, value: str) -> str:
        """Refuse what is not a name."""
        if value and not SESSION_PATTERN.match(value):
            raise serializers.ValidationError(_("Use 1 to 64 letters, digits, “-”, and “_”."))
        return value
