"""Input: the caller's profile and preferences."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.preferences import PREFERENCES
from accounts.profile import MAX_LINK_LENGTH, MAX_LINKS
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class ProfileSerializer(InputSerializer):
    """``PATCH /me``."""

    full_name = StrictCharField(max_length=80, required=False, allow_blank=True)
    bio = StrictCharField(max_length=2000, required=False, allow_blank=True)
    links = serializers.ListField(
        child=StrictCharField(max_length=MAX_LINK_LENGTH), max_length=MAX_LINKS, required=False
    )
    preferences = serializers.DictField(required=False)


class PreferencesSerializer(InputSerializer):
    """``PATCH /me/preferences`` and its answer, for the schema; the rules are in ``accounts.preferences``."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            name: serializers.ChoiceField(choices=known.choices, required=False)
            if known.choices
            else serializers.BooleanField(required=False)
            for name, known in PREFERENCES.items()
        }
