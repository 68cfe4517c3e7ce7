"""The fields of a channel's badge. Lists that show channels load only these fields of the accounts."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

# What ``mappers.serialize_badge`` shows, and whether the account is open.
BADGE_FIELDS = ("username", "full_name", "avatar", "subscriber_count", "is_active")


def with_badges(rows: QuerySet[Row], relation: str, *more: str) -> QuerySet[Row]:
    """Return rows with all of their fields and what badges show of the account ``relation``, and ``more`` of it."""
    own = [field.name for field in rows.model._meta.concrete_fields]
    return rows.select_related(relation).only(
        *own, *(f"{relation}__{name}" for name in (*BADGE_FIELDS, *more))
    )
