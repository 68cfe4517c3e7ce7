"""Operands of lookups: direct values as they are stored."""

from __future__ import annotations

from typing import Any

from django.db.models.lookups import IntegerFieldOverflow

from ..nodes import AnyLookup, Compiled
from .scope import Scope


def value_of(scope: Scope, lookup: AnyLookup) -> Compiled:
    """Return a direct right-hand side as it is stored; out of the column's range raises an empty or full set."""
    if isinstance(lookup, IntegerFieldOverflow):
        (value,) = lookup.process_rhs(None, scope.connection)[1]  # type: ignore[arg-type] # it compiles nothing
    else:
        (value,) = lookup.get_db_prep_lookup(lookup.rhs, scope.connection)[1]
    return value


def values_of(scope: Scope, lookup: AnyLookup) -> list[Any]:
    """Return the direct values of an ``in`` or ``range`` lookup as they are stored."""
    values: list[Any] = list(lookup.get_db_prep_lookup(lookup.rhs, scope.connection)[1])
    # A whole number beyond eight bytes compares as well as a float.
    return [
        float(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value
        for value in values
    ]


def is_direct(lookup: AnyLookup) -> bool:
    """Return whether the right-hand side is a value, or a list of nothing but values."""
    if not lookup.rhs_is_direct_value():
        return False
    if lookup.lookup_name in ("in", "range"):
        return not any(hasattr(value, "resolve_expression") for value in lookup.rhs)
    return True


def all_of(tests: list[Any]) -> Any:
    """Return one test for all; a single one needs no ``$and``."""
    return tests[0] if len(tests) == 1 else {"$and": tests}
