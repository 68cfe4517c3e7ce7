"""Shapes of the subscription endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from subscriptions.models import Notify


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
