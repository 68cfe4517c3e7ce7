"""Input: proving and changing an email address."""

from __future__ import annotations

from accounts.serializers.fields import PasswordField
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class EmailTokenSerializer(InputSerializer):
    """``POST /auth/email/verify``."""

    token = StrictCharField(max_length=2000, allow_blank=True)


class EmailChangeSerializer(InputSerializer):
    """``POST /auth/email/change``."""

    email = StrictCharField(max_length=254)
    current_password = PasswordField()
