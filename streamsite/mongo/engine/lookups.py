"""Lookups that the engine adds to Django's: what MongoDB can say about stored lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import JSONField
from django.db.models.lookups import Lookup

if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
else:
    AnyLookup = Lookup


@JSONField.register_lookup
class HasElement(AnyLookup):
    """``tags__has_element="day"``: the column is a list and one of its elements equals the string.

    An index of the column is one of its elements, and is used.
    """

    lookup_name = "has_element"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: object, connection: object) -> tuple[str, list[Any]]:
        """Return the string as it is: it is an element, not a JSON document."""
        if not isinstance(value, str):
            raise TypeError("has_element looks for a string")
        return "%s", [value]
