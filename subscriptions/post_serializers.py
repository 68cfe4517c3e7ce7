"""Shapes of the post endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from subscriptions.models.post import MAX_TEXT_LENGTH
from videos.models.reaction import ReactionValue
from videos.moderation.serializers import ReportInputSerializer, ReportSerializer
from videos.serializers import CardSerializer

__all__ = ["ReportInputSerializer", "ReportSerializer"]


class PostChangeSerializer(serializers.Serializer[Any]):
    """What can be changed of a post."""

    text = serializers.CharField(max_length=MAX_TEXT_LENGTH, required=False)
    allow_comments = serializers.BooleanField(required=False)


class PostInputSerializer(serializers.Serializer[Any]):
    """A new post."""

    text = serializers.CharField(max_length=MAX_TEXT_LENGTH)
    video_id = serializers.CharField(required=False, allow_null=True, help_text="A listed video to show.")
    allow_comments = serializers.BooleanField(required=False, default=True)


class PostFormSerializer(PostInputSerializer):
    """A new post with a picture."""

    picture = serializers.ImageField(required=False)


class PostPictureSerializer(serializers.Serializer[Any]):
    """A picture with a post."""

    url = serializers.CharField()
    small_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PostCountsSerializer(serializers.Serializer[Any]):
    """A post's counters."""

    likes = serializers.IntegerField()
    comments = serializers.IntegerField()


class PostViewerSerializer(serializers.Serializer[Any]):
    """What the caller is to a post."""

    reaction = serializers.ChoiceField(choices=ReactionValue.choices, allow_null=True)
    can_edit = serializers.BooleanField()


class PostSerializer(serializers.Serializer[Any]):
    """A post."""

    id = serializers.CharField()
    text = serializers.CharField()
    channel = ChannelBadgeSerializer()
    picture = PostPictureSerializer(allow_null=True)
    video = CardSerializer(allow_null=True)
    counts = PostCountsSerializer()
    allow_comments = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()
    version = serializers.IntegerField()
    viewer = PostViewerSerializer(allow_null=True)


class PageOfPostsSerializer(serializers.Serializer[Any]):
    """A page of posts."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PostSerializer(many=True)
