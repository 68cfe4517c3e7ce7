"""Serializer fields that take a value in the type of the field, and do not guess."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from streamsite.sanitize import clean_line, clean_text

DAY = re.compile(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class StrictCharField(serializers.CharField):
    """Text only: a number or a boolean is not silently turned into text."""

    def to_internal_value(self, data: object) -> str:
        """Return the value, or fail with ``invalid``."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class CleanTextField(StrictCharField):
    """Text of several lines as it will be stored, so that its length is that of the stored text."""

    clean: Callable[[str], str] = staticmethod(clean_text)

    def to_internal_value(self, data: object) -> str:
        """Return the value, or fail with ``invalid``."""
        return self.clean(super().to_internal_value(data))


class CleanLineField(CleanTextField):
    """One line of text as it will be stored."""

    clean = staticmethod(clean_line)


class StrictFloatField(serializers.FloatField):
    """A finite number: neither text nor a boolean, which Python takes for one."""

    def to_internal_value(self, data: object) -> float:
        # Integers may be too large for a float.
        """Return the value, or fail with ``invalid``."""
        if isinstance(data, bool) or not isinstance(data, int | float) or abs(data) > 1e300:
            self.fail("invalid")
        if not math.isfinite(data):
            self.fail("invalid")
        return float(data)


class NumberField(StrictFloatField):
    """A finite number, which a form sends as text."""

    def to_internal_value(self, data: object) -> float:
        """Return the value, or fail with ``invalid``."""
        return super().to_internal_value(
            serializers.FloatField.to_internal_value(self, data) if isinstance(data, str) else data
        )


class StrictBooleanField(serializers.BooleanField):
    """``true`` or ``false`` of JSON."""

    def to_internal_value(self, data: object) -> bool:
        """Return the value, or fail with ``invalid``."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class FlagField(StrictBooleanField):
    """``true`` or ``false`` of JSON, or one of ``texts`` of a form; no numbers."""

    texts: ClassVar[dict[str, bool]] = {"true": True, "false": False}

    def to_internal_value(self, data: object) -> bool:
        """Return the value, or fail with ``invalid``."""
        return super().to_internal_value(self.texts.get(data, data) if isinstance(data, str) else data)


class CheckBoxField(FlagField):
    """``FlagField`` that also takes what check boxes send."""

    texts: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("true", "1", "on"), True),
        **dict.fromkeys(("false", "0", "off", ""), False),
    }

    def to_internal_value(self, data: object) -> bool:
        """Return the value, or fail with ``invalid``."""
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


class StrictChoiceField(serializers.ChoiceField):
    """One of some texts. The message names them all."""

    default_error_messages = {"invalid_choice": _("Choose one of: {choices}.")}

    def to_internal_value(self, data: object) -> str:
        """Return the value, or fail with ``invalid``."""
        if data == "" and self.allow_blank:
            return ""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(map(str, self.choices)))
        return data


class ClearableMixin:
    """Lets ``null`` and an empty text stand for no value."""

    def validate_empty_values(self, data: object) -> tuple[bool, object]:
        """Take an empty text for ``null``."""
        found: tuple[bool, object] = super().validate_empty_values(None if data == "" else data)  # type: ignore[misc]
        return found


class DayField(ClearableMixin, serializers.DateField):
    """A day as ``2014-03-03`` and in no other of the forms that ISO 8601 has."""

    def to_internal_value(self, value: object) -> date:
        """Return the value, or fail with ``invalid``."""
        if not isinstance(value, str) or not DAY.match(value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class ClearableDateTimeField(ClearableMixin, serializers.DateTimeField):
    """A time, or ``null`` or an empty text for none."""


class ClearableIntegerField(ClearableMixin, serializers.IntegerField):
    """A whole number, or ``null`` or an empty text for none."""


class SplittableListField(serializers.ListField):
    """A list of texts, or one text that the service splits."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the value, or fail with ``invalid``."""
        if isinstance(data, str):
            return data
        return super().to_internal_value(data)


class QueryTextField(StrictCharField):
    """Any text of a query string, cut to ``length``."""

    def __init__(self, length: int, *, help_text: str | None = None) -> None:
        super().__init__(required=False, allow_blank=True, trim_whitespace=False, help_text=help_text)
        self.length = length
        self.validators = []

    def to_internal_value(self, data: object) -> str:
        """Return the value, or fail with ``invalid``."""
        return super().to_internal_value(data)[: self.length]
