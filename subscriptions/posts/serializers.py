"""Input of the post endpoints."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from subscriptions.models.post import MAX_TEXT_LENGTH


class PostChangeSerializer(InputSerializer):
    """What can be changed of a post."""

    text = serializers.CharField(max_length=MAX_TEXT_LENGTH, required=False)
    allow_comments = serializers.BooleanField(required=False)


class PostInputSerializer(InputSerializer):
    """A new post."""

    text = serializers.CharField(max_length=MAX_TEXT_LENGTH)
    video_id = serializers.CharField(required=False, allow_null=True, help_text="A listed video to show.")
    allow_comments = serializers.BooleanField(required=False, default=True)


class PostFormSerializer(PostInputSerializer):
    """A new post with a picture."""

    picture = serializers.ImageField(required=False)
