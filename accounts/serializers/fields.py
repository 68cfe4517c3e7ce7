"""Fields that several account serializers share."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from streamsite.api.fields import StrictCharField


class PasswordField(StrictCharField):
    """A password as it was typed; its length is bounded before anything is computed from it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH, **options)
