"""Input of the post endpoints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from streamsite.api.fields import CleanTextField, FlagField, StrictCharField
from streamsite.api.inputs import InputSerializer
from subscriptions.models.post import MAX_TEXT_LENGTH


class PostChangeSerializer(InputSerializer):
    """The fields of a post that can be changed."""

    text = CleanTextField(
        max_length=MAX_TEXT_LENGTH, required=False, error_messages={"blank": _("Write something first.")}
    )
    allow_comments = FlagField(required=False)


class PostInputSerializer(InputSerializer):
    """A new post."""

    text = CleanTextField(max_length=MAX_TEXT_LENGTH, error_messages={"blank": _("Write something first.")})
    video_id = StrictCharField(
        required=False, allow_null=True, allow_blank=True, help_text="A listed video to show."
    )
    allow_comments = FlagField(required=False, default=True)


class PostFormSerializer(PostInputSerializer):
    """A new post with an image."""

    picture = serializers.FileField(required=False, allow_empty_file=True)
