"""Input: passkeys."""

from __future__ import annotations

import json

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.passkeys.challenges import PURPOSES
from streamsite.api.fields import StrictCharField, StrictChoiceField
from streamsite.api.inputs import InputSerializer

MAX_CREDENTIAL_LENGTH = 16_384


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": True,
        "properties": {
            "id": {"type": "string"},
            "rawId": {"type": "string"},
            "type": {"type": "string", "enum": ["public-key"]},
            "response": {"type": "object", "additionalProperties": True},
        },
        "required": ["id", "rawId", "type", "response"],
    }
)
class CredentialField(serializers.DictField):
    """A ``PublicKeyCredential`` as its ``toJSON()`` gives it, of at most 16 KiB. What it says is checked elsewhere."""

    default_error_messages = {"too_long": _("This is too long.")}

    def to_internal_value(self, data: object) -> dict[str, object]:
        """Return the value, or fail with ``not_a_dict`` or ``too_long``."""
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if len(json.dumps(data)) > MAX_CREDENTIAL_LENGTH:
            self.fail("too_long")
        return data


class PasskeyOptionsSerializer(InputSerializer):
    """``POST /auth/passkeys/options``."""

    purpose = StrictChoiceField(choices=list(PURPOSES), required=False, default=PURPOSES[0])


class PasskeyTokenSerializer(InputSerializer):
    """``POST /auth/passkeys/token``."""

    credential = CredentialField()
    remember = serializers.BooleanField(required=False, default=False)
    client = StrictChoiceField(choices=["browser", "native"], required=False, default="browser")


class PasskeyCreateSerializer(InputSerializer):
    """``POST /auth/passkeys``."""

    name = StrictCharField(max_length=200)
    credential = CredentialField()


class PasskeyRenameSerializer(InputSerializer):
    """``PATCH /auth/passkeys/{id}``."""

    name = StrictCharField(max_length=200)
