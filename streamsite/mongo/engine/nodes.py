"""Names for the parts of Django's query tree, and for what they are compiled to."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.db.models.expressions import BaseExpression
from django.db.models.lookups import Lookup

# A node of the tree: a column, a literal, a function, a subquery. Its attributes are private to Django.
Node: TypeAlias = BaseExpression
AnyLookup: TypeAlias = "Lookup[Any]"
# A compiled expression: a literal, the path of a column, or a document of one operator.
Compiled: TypeAlias = object
