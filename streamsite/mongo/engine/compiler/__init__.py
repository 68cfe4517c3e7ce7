"""From Django's query tree to pymongo; Django finds these classes by their names."""

from . import date_functions as date_functions
from . import expressions as expressions
from . import functions as functions
from .select import SQLAggregateCompiler, SQLCompiler
from .writes import SQLDeleteCompiler, SQLInsertCompiler, SQLUpdateCompiler

__all__ = [
    "SQLAggregateCompiler",
    "SQLCompiler",
    "SQLDeleteCompiler",
    "SQLInsertCompiler",
    "SQLUpdateCompiler",
]
