"""From Django's query tree to pymongo; Django finds these classes by their names."""

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
