"""Serializer fields that take what JSON has in the field's type, and do not guess."""

from __future__ import annotations

import math

from rest_framework import serializers


class StrictCharField(serializers.CharField):
    """Text only: a number or a boolean is not silently turned into text."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictFloatField(serializers.FloatField):
    """A finite number: neither text nor a boolean, which Python takes for one."""

    def to_internal_value(self, data: object) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            number = float(data)
        except OverflowError:
            self.fail("invalid")
        if not math.isfinite(number):
            self.fail("invalid")
        return number
