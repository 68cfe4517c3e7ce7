"""Shapes of the subscription endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from subscriptions.models import Notify
from subscriptions.notifications.notification_types import NOTIFICATION_TYPES
from videos.serializers import CardSerializer


class SubscriptionInputSerializer(serializers.Serializer[Any]):
    """``PUT /channels/{username}/subscription``."""

    notify = serializers.ChoiceField(
        choices=Notify.choices,
        required=False,
        help_text="`all` for a new subscription, unchanged for one that is there, unless given.",
    )
    video_id = serializers.CharField(
        required=False, max_length=11, help_text="The video of the channel that led to it, for its figures."
    )


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


class ShelfInputSerializer(serializers.Serializer[Any]):
    """A shelf as its owner chooses it."""

    kind = serializers.CharField(help_text="`newest`, `views`, `oldest` or `playlist`.")
    value = serializers.CharField(required=False, allow_blank=True, help_text="The playlist's id.")


class ChannelPageInputSerializer(serializers.Serializer[Any]):
    """What a channel's front page is to show."""

    featured = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    shelves = ShelfInputSerializer(many=True, required=False)


class ChannelPageSerializer(serializers.Serializer[Any]):
    """How an owner arranged the front page of their channel."""

    featured = serializers.CharField()
    shelves = ShelfInputSerializer(many=True)
    version = serializers.IntegerField()


class ShelfSerializer(serializers.Serializer[Any]):
    """A shelf as visitors see it."""

    kind = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    url = serializers.CharField()
    results = CardSerializer(many=True)


class ChannelFrontSerializer(serializers.Serializer[Any]):
    """The front page of a channel."""

    featured = CardSerializer(allow_null=True)
    shelves = ShelfSerializer(many=True)


class PrivateFeedSerializer(serializers.Serializer[Any]):
    """Whether there is a secret address of the feed, and when it was read last."""

    active = serializers.BooleanField()
    created_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewPrivateFeedSerializer(PrivateFeedSerializer):
    """A new secret address, shown this once."""

    url = serializers.CharField()


class OpmlUploadSerializer(serializers.Serializer[Any]):
    """``POST /me/subscriptions/import``."""

    file = serializers.FileField(help_text="OPML, at most 2 MB.")


class ImportedSerializer(serializers.Serializer[Any]):
    """What an import did."""

    subscribed = serializers.IntegerField()
    already = serializers.IntegerField()
    unknown = serializers.ListField(
        child=serializers.CharField(), help_text="Addresses of no channel here; the first 50."
    )
    refused = serializers.ListField(
        child=serializers.CharField(), help_text="Channels that could not be subscribed to; the first 50."
    )


class NotedThreadSerializer(serializers.Serializer[Any]):
    """The thread in which somebody replied."""

    id = serializers.CharField()
    following = serializers.BooleanField(help_text="Whether the caller is notified about its replies.")


class NotificationSerializer(serializers.Serializer[Any]):
    """Something that the caller is told."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=sorted(NOTIFICATION_TYPES))
    text = serializers.CharField()
    url = serializers.CharField()
    actor = ChannelBadgeSerializer(allow_null=True)
    icon = serializers.CharField()
    thread = NotedThreadSerializer(
        allow_null=True, help_text="The thread of a reply; null for other notifications."
    )
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


class MarkReadSerializer(serializers.Serializer[Any]):
    """Which were read; without ``ids`` all of them."""

    ids = serializers.ListField(child=serializers.CharField(max_length=32), max_length=100, required=False)
