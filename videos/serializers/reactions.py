"""Input: reactions."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from videos.models.reaction import ReactionValue


class ReactionInputSerializer(InputSerializer):
    """What is thought of it."""

    value = serializers.ChoiceField(choices=ReactionValue.choices)
