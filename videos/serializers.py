"""Shapes of the video endpoints: input for checking, output for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from streamsite.visibility import Visibility
from videos.models import CATEGORIES, Status


class MetadataSerializer(serializers.Serializer[Any]):
    """What an owner may write. The rules are in ``services.clean_metadata``."""

    title = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    allow_comments = serializers.BooleanField(required=False)
    allow_embed = serializers.BooleanField(required=False)


class UploadSerializer(MetadataSerializer):
    """``POST /videos``, multipart."""

    file = serializers.FileField()


class CountsSerializer(serializers.Serializer[Any]):
    """A video's counters."""

    views = serializers.IntegerField()
    likes = serializers.IntegerField()
    comments = serializers.IntegerField()


class CardSerializer(serializers.Serializer[Any]):
    """A video in a list."""

    id = serializers.CharField()
    title = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    progress = serializers.FloatField()
    duration = serializers.FloatField()
    thumbnail_url = serializers.CharField(allow_null=True)
    storyboard_url = serializers.CharField(allow_null=True)
    channel = ChannelBadgeSerializer()
    counts = CountsSerializer()
    url = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class FailureSerializer(serializers.Serializer[Any]):
    """Why processing failed, in words."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ViewerSerializer(serializers.Serializer[Any]):
    """What the caller is to the video."""

    reaction = serializers.CharField(allow_null=True)
    position = serializers.FloatField()
    in_watch_later = serializers.BooleanField()
    can_edit = serializers.BooleanField()


class VideoSerializer(CardSerializer):
    """The video object."""

    description = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    category = serializers.CharField()
    language = serializers.CharField()
    publish_at = serializers.DateTimeField(allow_null=True)
    failure = FailureSerializer(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    hls_url = serializers.CharField(allow_null=True)
    download_url = serializers.CharField(allow_null=True)
    captions = serializers.ListField(child=serializers.DictField())
    chapters = serializers.ListField(child=serializers.DictField())
    allow_comments = serializers.BooleanField()
    allow_embed = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    viewer = ViewerSerializer(allow_null=True)


class PageOfCardsSerializer(serializers.Serializer[Any]):
    """A page of videos."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CardSerializer(many=True)


class StepSerializer(serializers.Serializer[Any]):
    """One step of a job."""

    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["waiting", "running", "done", "failed", "skipped"])
    percent = serializers.FloatField()
    seconds = serializers.FloatField()


class ProcessingSerializer(serializers.Serializer[Any]):
    """The job as its owner may read it."""

    status = serializers.ChoiceField(choices=Status.choices)
    progress = serializers.FloatField()
    attempt = serializers.IntegerField()
    steps = StepSerializer(many=True)
    error = FailureSerializer(allow_null=True)
