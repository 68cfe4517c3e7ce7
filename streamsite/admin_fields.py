"""Form fields of the admin for values that are stored as numbers of bytes or as lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
UNIT_NAMES = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
SIZE = re.compile(r"(\d{1,19}(?:[.,]\d{1,12})?)\s*([kmgt]?b|)", re.IGNORECASE)
MAX_BYTES = 2**63 - 1
MAX_DECIMALS = 3


def exact_size(number: int) -> str:
    """Return a size in the largest unit that says it exactly with few decimals, such as ``1.5 GB``."""
    for name, factor in UNIT_NAMES:
        value = Decimal(number) / factor
        if value >= 1 and value == round(value, MAX_DECIMALS):
            return f"{value.normalize():f} {name}"
    return str(number)


class ByteSizeField(forms.CharField):
    """A size such as ``5 GB``; a number without a unit is in bytes. Empty for no value."""

    default_error_messages = {"invalid": _("Enter a size such as 500 MB or 5 GB.")}

    def prepare_value(self, value: object) -> object:
        """Return a stored number as people write it."""
        return exact_size(value) if isinstance(value, int) else value

    def to_python(self, value: object) -> int | None:  # type: ignore[override]
        """Return the number of bytes. Raises ``ValidationError``."""
        if value is None or isinstance(value, int):
            return value
        text = str(value).strip()
        if not text:
            return None
        match = SIZE.fullmatch(text)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number = int(Decimal(match[1].replace(",", ".")) * UNITS[match[2].lower()])
        if number > MAX_BYTES:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number

    def has_changed(self, initial: object, data: object) -> bool:
        """Return whether ``data`` says another number than is stored."""
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class TextListField(forms.CharField):
    """A list of short texts, written with commas or one per line."""

    widget = forms.Textarea(attrs={"rows": 2, "cols": 60})

    def prepare_value(self, value: object) -> object:
        """Return a stored list as people write it."""
        return (
            value if isinstance(value, str) or not isinstance(value, Iterable) else ", ".join(map(str, value))
        )

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]
        """Return the texts without blanks around them."""
        if isinstance(value, list):
            return value
        return [text.strip() for text in re.split(r"[,\n]", str(value or "")) if text.strip()]

    def has_changed(self, initial: object, data: object) -> bool:
        """Return whether ``data`` says other texts than are stored."""
        stored = list(initial) if isinstance(initial, list) else []
        return self.to_python(data) != stored
