"""Shapes of reports, cases and blocks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from videos.models.moderation import CaseState, Decision, Reason
from videos.moderation.cases import MAX_LENGTH


class ReportInputSerializer(serializers.Serializer[Any]):
    """Why something should not be here."""

    reason = serializers.ChoiceField(choices=Reason.choices)
    text = serializers.CharField(max_length=MAX_LENGTH, required=False, allow_blank=True)


class ReportSerializer(serializers.Serializer[Any]):
    """A report as its reporter sees it."""

    id = serializers.CharField()
    reason = serializers.ChoiceField(choices=Reason.choices)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class OwnCaseSerializer(serializers.Serializer[Any]):
    """A decision against something of the caller's."""

    id = serializers.CharField()
    about = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=CaseState.choices)
    decision = serializers.ChoiceField(choices=Decision.choices)
    notice = serializers.CharField()
    decided_at = serializers.DateTimeField()
    appeal = serializers.CharField()
    can_appeal = serializers.BooleanField()


class PageOfOwnCasesSerializer(serializers.Serializer[Any]):
    """A page of decisions."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OwnCaseSerializer(many=True)


class AppealSerializer(serializers.Serializer[Any]):
    """Why staff should look again."""

    text = serializers.CharField(max_length=MAX_LENGTH)


class BlockSerializer(serializers.Serializer[Any]):
    """Whether the caller blocks a channel."""

    is_blocked = serializers.BooleanField()


class PageOfBlocksSerializer(serializers.Serializer[Any]):
    """A page of blocked channels."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ChannelBadgeSerializer(many=True)
