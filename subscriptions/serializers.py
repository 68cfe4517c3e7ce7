"""Input: subscriptions, channel pages, imports and notifications."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import QueryTextField, StrictCharField, StrictChoiceField
from streamsite.api.inputs import InputSerializer, QuerySerializer
from subscriptions.channel_page.services import MAX_SHELVES
from subscriptions.models import Notify


class SubscriptionInputSerializer(InputSerializer):
    """``PUT /channels/{username}/subscription``."""

    notify = StrictChoiceField(
        choices=Notify.choices,
        required=False,
        help_text="`all` for a new subscription, unchanged for an existing one, unless given.",
    )
    video_id = StrictCharField(
        required=False, max_length=11, help_text="The channel's video that led to it, for its statistics."
    )


class UnsubscribeQuerySerializer(QuerySerializer):
    """Parameters of ``DELETE /channels/{username}/subscription``."""

    video_id = QueryTextField(100, help_text="The video that led to it, for its statistics.")


class ShelfInputSerializer(InputSerializer):
    """A shelf that the owner chooses."""

    kind = StrictCharField(help_text="`newest`, `views`, `oldest` or `playlist`.")
    value = StrictCharField(required=False, allow_blank=True, help_text="The playlist's id.")


class ChannelPageInputSerializer(InputSerializer):
    """Arrangement of the caller's channel page."""

    featured = StrictCharField(required=False, allow_blank=True, allow_null=True)
    trailer = StrictCharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="A video for those who do not follow the channel; without one they see the featured video.",
    )
    shelves = serializers.ListField(child=ShelfInputSerializer(), required=False, max_length=MAX_SHELVES)


class OpmlUploadSerializer(InputSerializer):
    """``POST /me/subscriptions/import``."""

    file = serializers.FileField(help_text="OPML, at most 2 MB.", allow_empty_file=True)


class PushKeysSerializer(InputSerializer):
    """Keys of a browser's subscription, in base64url."""

    p256dh = StrictCharField(max_length=120, help_text="The browser's public key.")
    auth = StrictCharField(max_length=40, help_text="16 random bytes.")


class PushSubscriptionInputSerializer(InputSerializer):
    """``POST /me/push-subscriptions``: what ``PushSubscription.toJSON()`` returns in a browser."""

    endpoint = StrictCharField(max_length=1000)
    keys = PushKeysSerializer()


class MarkReadSerializer(InputSerializer):
    """Notifications to mark as read; all of them without ``ids``."""

    ids = serializers.ListField(
        child=StrictCharField(max_length=32, allow_blank=True), max_length=100, required=False
    )
