"""Shapes of the playlist endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer, StrictCharField
from playlists.mappers import COLLABORATOR, OWNER
from playlists.models import MAX_ITEMS, Sort
from streamsite.visibility import Visibility
from videos.serializers import CardSerializer

ROLES = [OWNER, COLLABORATOR]


class PlaylistInputSerializer(serializers.Serializer[Any]):
    """``PATCH /playlists/{id}``."""

    title = StrictCharField(max_length=150)
    description = StrictCharField(max_length=5000, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    sort = serializers.ChoiceField(choices=Sort.choices, required=False)
    allow_duplicates = serializers.BooleanField(required=False)


class NewPlaylistSerializer(PlaylistInputSerializer):
    """``POST /playlists``."""

    video_ids = serializers.ListField(
        child=StrictCharField(max_length=11), required=False, max_length=MAX_ITEMS
    )


class ItemInputSerializer(serializers.Serializer[Any]):
    """``POST /playlists/{id}/items``."""

    video_id = StrictCharField(max_length=11)
    position = serializers.IntegerField(min_value=0, max_value=5000, required=False)
    note = StrictCharField(max_length=300, required=False, allow_blank=True, default="")


class TidiedSerializer(serializers.Serializer[Any]):
    """How many items were taken out."""

    removed = serializers.IntegerField()


class ItemChangeSerializer(serializers.Serializer[Any]):
    """``PATCH /playlists/{id}/items/{item_id}``: one of ``position``, ``before``, ``after``; or a note."""

    position = serializers.IntegerField(min_value=0, max_value=5000, required=False)
    before = StrictCharField(max_length=32, required=False)
    after = StrictCharField(max_length=32, required=False)
    note = StrictCharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len({"position", "before", "after"} & attrs.keys()) > 1:
            raise serializers.ValidationError("Give one of position, before and after.")
        if not attrs:
            raise serializers.ValidationError("Give position, before, after or note.")
        return attrs


class PlaylistSerializer(serializers.Serializer[Any]):
    """The playlist object, for the schema."""

    id = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    owner = ChannelBadgeSerializer()
    item_count = serializers.IntegerField()
    duration = serializers.FloatField()
    thumbnail_url = serializers.CharField(allow_null=True)
    collaborators = ChannelBadgeSerializer(many=True)
    sort = serializers.ChoiceField(choices=Sort.choices)
    allow_duplicates = serializers.BooleanField()
    is_watch_later = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()
    can_edit = serializers.BooleanField()
    role = serializers.ChoiceField(choices=ROLES, allow_null=True)


class OnePlaylistSerializer(PlaylistSerializer):
    """With what one caller did with it."""

    is_saved = serializers.BooleanField()


class ListedPlaylistSerializer(PlaylistSerializer):
    """In a list that was asked about a video."""

    contains = serializers.BooleanField(required=False)
    item_id = serializers.CharField(required=False, allow_null=True)


class PageOfPlaylistsSerializer(serializers.Serializer[Any]):
    """A page of playlists."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    in_watch_later = serializers.BooleanField(required=False)
    results = ListedPlaylistSerializer(many=True)


class ItemSerializer(serializers.Serializer[Any]):
    """A video at a place of a playlist."""

    id = serializers.CharField()
    position = serializers.IntegerField()
    note = serializers.CharField()
    added_at = serializers.DateTimeField()
    added_by = serializers.CharField(allow_null=True)
    video = CardSerializer()
    can_edit = serializers.BooleanField()


class PageOfItemsSerializer(serializers.Serializer[Any]):
    """A page of items."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    hidden_count = serializers.IntegerField()
    results = ItemSerializer(many=True)
