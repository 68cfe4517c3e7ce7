"""Input of the comment endpoints."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.inputs import InputSerializer
from videos.models.comment import MAX_COMMENT_LENGTH


class CommentInputSerializer(InputSerializer):
    """What is said."""

    text = serializers.CharField(max_length=MAX_COMMENT_LENGTH)


class CommentFiltersSerializer(InputSerializer):
    """What is held back until its owner has read it."""

    words = serializers.ListField(child=serializers.CharField(max_length=60), max_length=500, required=False)
    hold_links = serializers.BooleanField(required=False)
    hold_all = serializers.BooleanField(required=False)
