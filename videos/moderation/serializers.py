"""Input: reports and appeals."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from videos.models.moderation import Reason
from videos.moderation.cases import MAX_LENGTH


class ReportInputSerializer(InputSerializer):
    """Why something should not be here."""

    reason = serializers.ChoiceField(choices=Reason.choices)
    text = serializers.CharField(max_length=MAX_LENGTH, required=False, allow_blank=True)


class AppealSerializer(InputSerializer):
    """Why staff should look again."""

    text = serializers.CharField(max_length=MAX_LENGTH)
