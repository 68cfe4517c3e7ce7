"""Input: API tokens."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class ApiTokenCreateSerializer(InputSerializer):
    """``POST /auth/api-tokens``. Without ``expires_at`` the token lives 90 days.

    Needs a sign-in or ``POST /auth/proof`` within the last 10 minutes, else 403 ``proof_required``. The token ends when
    the password or the second factor changes.
    """

    names_elements = True

    name = StrictCharField(max_length=200)
    scopes = serializers.ListField(child=StrictCharField(max_length=20), max_length=10)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
