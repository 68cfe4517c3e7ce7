"""Input: subscriptions, channel pages, imports and notifications."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from subscriptions.models import Notify


class SubscriptionInputSerializer(InputSerializer):
    """``PUT /channels/{username}/subscription``."""

    notify = serializers.ChoiceField(
        choices=Notify.choices,
        required=False,
        help_text="`all` for a new subscription, unchanged for one that is there, unless given.",
    )
    video_id = serializers.CharField(
        required=False, max_length=11, help_text="The video of the channel that led to it, for its figures."
    )


class ShelfInputSerializer(InputSerializer):
    """A shelf as its owner chooses it."""

    kind = serializers.CharField(help_text="`newest`, `views`, `oldest` or `playlist`.")
    value = serializers.CharField(required=False, allow_blank=True, help_text="The playlist's id.")


class ChannelPageInputSerializer(InputSerializer):
    """What a channel's front page is to show."""

    featured = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    shelves = ShelfInputSerializer(many=True, required=False)


class OpmlUploadSerializer(InputSerializer):
    """``POST /me/subscriptions/import``."""

    file = serializers.FileField(help_text="OPML, at most 2 MB.")


class MarkReadSerializer(InputSerializer):
    """Which were read; without ``ids`` all of them."""

    ids = serializers.ListField(child=serializers.CharField(max_length=32), max_length=100, required=False)
