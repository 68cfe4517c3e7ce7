"""Input: the caller's profile and preferences."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.preferences import PREFERENCES, Preference, TimeZonePreference
from accounts.profile import MAX_LINK_LENGTH, MAX_LINKS
from streamsite.api.fields import StrictBooleanField, StrictCharField, StrictChoiceField
from streamsite.api.inputs import InputSerializer


class ProfileSerializer(InputSerializer):
    """``PATCH /me``."""

    names_elements = True

    full_name = StrictCharField(max_length=80, required=False, allow_blank=True)
    bio = StrictCharField(max_length=2000, required=False, allow_blank=True)
    links = serializers.ListField(
        child=StrictCharField(max_length=MAX_LINK_LENGTH), max_length=MAX_LINKS, required=False
    )
    is_sensitive = StrictBooleanField(
        required=False, help_text="Marks all videos of the channel as sensitive."
    )
    preferences = serializers.DictField(required=False)


class PreferencesSerializer(InputSerializer):
    """``PATCH /me/preferences``; ``accounts.preferences`` has the names and choices."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return a field for each preference."""
        return {name: _field(known) for name, known in PREFERENCES.items()}


def _field(known: Preference) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(known, TimeZonePreference):
        help_text = "A time zone's name, such as `Europe/Berlin`. Empty: the browser's."
        return StrictCharField(max_length=64, allow_blank=True, required=False, help_text=help_text)
    if known.choices:
        return StrictChoiceField(choices=known.choices, required=False)
    return StrictBooleanField(required=False)
