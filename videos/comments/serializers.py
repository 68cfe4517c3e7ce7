"""Shapes of the comment endpoints: input for checking, output for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from videos.models.comment import MAX_COMMENT_LENGTH, CommentState
from videos.models.reaction import ReactionValue


class CommentInputSerializer(serializers.Serializer[Any]):
    """What is said."""

    text = serializers.CharField(max_length=MAX_COMMENT_LENGTH)


class AuthorSerializer(ChannelBadgeSerializer):
    """Who said it."""

    is_owner = serializers.BooleanField(help_text="Whether what it is about is theirs.")


class CommentCountsSerializer(serializers.Serializer[Any]):
    """A comment's counters."""

    likes = serializers.IntegerField()
    replies = serializers.IntegerField()


class CommentViewerSerializer(serializers.Serializer[Any]):
    """What the caller is to a comment."""

    reaction = serializers.ChoiceField(choices=ReactionValue.choices, allow_null=True)
    following = serializers.BooleanField(
        allow_null=True, help_text="Whether the viewer is notified about replies; null for a reply."
    )
    can_edit = serializers.BooleanField()
    can_delete = serializers.BooleanField()
    can_curate = serializers.BooleanField(help_text="Pin it, give it a heart, let it be shown.")


class CommentSerializer(serializers.Serializer[Any]):
    """A comment or reply."""

    id = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The comment that begins its thread."
    )
    text = serializers.CharField()
    author = AuthorSerializer()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    counts = CommentCountsSerializer()
    pinned = serializers.BooleanField()
    hearted = serializers.BooleanField()
    state = serializers.ChoiceField(choices=CommentState.choices)
    version = serializers.IntegerField()
    viewer = CommentViewerSerializer(allow_null=True)


class PageOfCommentsSerializer(serializers.Serializer[Any]):
    """A page of comments."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CommentSerializer(many=True)


class AboutSerializer(serializers.Serializer[Any]):
    """What a comment is about."""

    kind = serializers.CharField()
    id = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()


class OwnersCommentSerializer(CommentSerializer):
    """A comment as the owner of what it is about finds it in the studio."""

    about = AboutSerializer()
    held_because = serializers.CharField()


class PageOfOwnersCommentsSerializer(serializers.Serializer[Any]):
    """A page of the studio's comments."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OwnersCommentSerializer(many=True)


class FollowingSerializer(serializers.Serializer[Any]):
    """Whether the caller is told of the replies in a thread."""

    following = serializers.BooleanField()


class CommentFiltersSerializer(serializers.Serializer[Any]):
    """What is held back until its owner has read it."""

    words = serializers.ListField(child=serializers.CharField(max_length=60), max_length=500, required=False)
    hold_links = serializers.BooleanField(required=False)
    hold_all = serializers.BooleanField(required=False)
