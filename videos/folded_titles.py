"""Titles as the studio and the history search them: folded, beside the title itself, in an index.

``Video.folded_title`` and ``Watch.folded_title`` are one line with every form that the title is found by. A search
looks for the parts of words that were typed, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

from streamsite.folding import Term, index_forms, query_terms
from streamsite.mongo.engine.compiler.patterns import BuiltPattern

Row = TypeVar("Row", bound=Model)


def fold_title(title: str) -> str:
    """Return the line by which a title is found."""
    return " ".join(index_forms(title))


def filter_by_words(rows: QuerySet[Row], text: str) -> QuerySet[Row]:
    """Return the rows whose ``folded_title`` has all words of ``text``, or parts of words. All rows without a text.

    One condition, which the keys of an index answer: an alternative of several would have every row read.
    """
    if not text:
        return rows
    wanted = query_terms(text)
    return rows.filter(folded_title__regex=words_pattern(wanted)) if wanted else rows.none()


def words_pattern(wanted: Iterable[Term]) -> BuiltPattern:
    """Return the regular expression of folded titles that have all of ``wanted``."""
    return BuiltPattern("^" + "".join(_has_term(term) for term in wanted))


def _has_term(term: Term) -> str:
    choices = ["".join(f"(?=.*{re.escape(form)})" for form in forms) for forms in term.alternatives]
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"
