"""Names of columns, and the type of a field of any kind."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.db import models

AnyField: TypeAlias = "models.Field[Any, Any]"


def column_name(field: AnyField) -> str:
    """Return the column of a field that has one."""
    return str(field.column)
