"""Input of the playlist endpoints."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import serializers

from playlists.mappers import COLLABORATOR, OWNER
from playlists.models import MAX_ITEMS, Sort
from streamsite.api.fields import (
    ClearableIntegerField,
    QueryTextField,
    StrictCharField,
    StrictChoiceField,
)
from streamsite.api.inputs import InputSerializer, QuerySerializer
from streamsite.visibility import Visibility


class PlaylistInputSerializer(InputSerializer):
    """``PATCH /playlists/{id}``."""

    title = StrictCharField(max_length=150)
    description = StrictCharField(max_length=5000, required=False, allow_blank=True)
    visibility = StrictChoiceField(choices=Visibility.choices, required=False)
    sort = StrictChoiceField(choices=Sort.choices, required=False)
    allow_duplicates = serializers.BooleanField(required=False)


class NewPlaylistSerializer(PlaylistInputSerializer):
    """``POST /playlists``."""

    names_elements = True

    video_ids = serializers.ListField(
        child=StrictCharField(max_length=11), required=False, max_length=MAX_ITEMS
    )


class ItemInputSerializer(InputSerializer):
    """``POST /playlists/{id}/items``."""

    video_id = StrictCharField(max_length=11)
    position = serializers.IntegerField(min_value=0, max_value=5000, required=False)
    note = StrictCharField(max_length=300, required=False, allow_blank=True, default="")


class ItemChangeSerializer(InputSerializer):
    """``PATCH /playlists/{id}/items/{item_id}``: one of ``position``, ``before``, ``after``; or a note."""

    position = serializers.IntegerField(min_value=0, max_value=5000, required=False)
    before = StrictCharField(max_length=32, required=False)
    after = StrictCharField(max_length=32, required=False)
    note = StrictCharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """Refuse two places at once, and no change at all."""
        if len({"position", "before", "after"} & attrs.keys()) > 1:
            raise serializers.ValidationError(_("Send only one of “position”, “before”, and “after”."))
        if not attrs:
            raise serializers.ValidationError(_("Send “position”, “before”, “after”, or “note”."))
        return attrs


class PlaylistsQuerySerializer(QuerySerializer):
    """Parameters of ``GET /playlists``."""

    role = StrictChoiceField(choices=[OWNER, COLLABORATOR], required=False)
    video = QueryTextField(100, help_text="Also return whether each playlist contains this video.")


class InviteInputSerializer(InputSerializer):
    """A new invite link."""

    expires_in = ClearableIntegerField(
        required=False, allow_null=True, help_text="Seconds, up to 30 days; 7 days by default."
    )


class AcceptInviteSerializer(InputSerializer):
    """The secret of an invite link: the last part of its URL."""

    token = StrictCharField(max_length=100)
