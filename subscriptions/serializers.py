"""Shapes of the subscription endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from subscriptions.models import Notify
from subscriptions.notifications.kinds import KINDS


class NotifySerializer(serializers.Serializer[Any]):
    """``PUT /channels/{username}/subscription``."""

    notify = serializers.ChoiceField(choices=Notify.choices, required=False, default=Notify.ALL)


class SubscriptionSerializer(serializers.Serializer[Any]):
    """The state after a subscription call."""

    is_subscribed = serializers.BooleanField()
    notify = serializers.CharField(allow_null=True)
    subscribers = serializers.IntegerField()


class PageOfChannelsSerializer(serializers.Serializer[Any]):
    """A page of channels."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ChannelBadgeSerializer(many=True)


class NotificationSerializer(serializers.Serializer[Any]):
    """Something that the caller is told."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=sorted(KINDS))
    text = serializers.CharField()
    url = serializers.CharField()
    actor = ChannelBadgeSerializer(allow_null=True)
    icon = serializers.CharField()
    is_read = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class PageOfNotificationsSerializer(serializers.Serializer[Any]):
    """A page of notifications. There is no way back: newer ones may have come meanwhile."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = NotificationSerializer(many=True)
    unread = serializers.IntegerField(help_text="At most 100.")


class UnreadSerializer(serializers.Serializer[Any]):
    """How many are not read."""

    unread = serializers.IntegerField(help_text="At most 100.")


class ReadSerializer(serializers.Serializer[Any]):
    """Which were read; without ``ids`` all of them."""

    ids = serializers.ListField(child=serializers.CharField(max_length=32), max_length=100, required=False)
