"""Input of the webhook endpoints."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import CleanLineField, FlagField, StrictCharField, StrictChoiceField
from streamsite.api.inputs import InputSerializer
from subscriptions.models import WebhookScope
from subscriptions.models.webhook import MAX_URL_LENGTH

MAX_NAMES = 50


class WebhookChangeSerializer(InputSerializer):
    """The fields of a webhook that can be changed."""

    url = StrictCharField(
        required=False, max_length=MAX_URL_LENGTH, help_text="A public http or https address."
    )
    events = serializers.ListField(
        child=StrictCharField(max_length=40),
        required=False,
        max_length=MAX_NAMES,
        help_text="`video.ready`, `video.failed`, `video.published`, `video.deleted`, `comment.created`,"
        " `subscription.created` or `subscription.deleted`. `live.*` is reserved.",
    )
    description = CleanLineField(required=False, allow_blank=True, max_length=200)
    paused = FlagField(required=False, help_text="`false` also resumes a webhook that was disabled.")


class WebhookInputSerializer(InputSerializer):
    """A new webhook."""

    url = StrictCharField(max_length=MAX_URL_LENGTH, help_text="A public http or https address.")
    events = serializers.ListField(
        child=StrictCharField(max_length=40),
        max_length=MAX_NAMES,
        help_text="`video.ready`, `video.failed`, `video.published`, `video.deleted`, `comment.created`,"
        " `subscription.created` or `subscription.deleted`. `live.*` is reserved.",
    )
    description = CleanLineField(required=False, allow_blank=True, max_length=200)
    scope = StrictChoiceField(choices=WebhookScope.choices, required=False, help_text="`site` is for staff.")
