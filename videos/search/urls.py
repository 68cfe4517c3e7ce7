"""Links to the search page. The only place that builds them, so that no text is taken for the query language."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse


def quote_text(text: str) -> str:
    """Return the query for a text as it stands: in quotes nothing excludes, and no word counts as unfinished.

    A quotation mark would end the quote; it stands for nothing that is searched.
    """
    return f'"{" ".join(text.replace(chr(34), " ").split())}"'


def text_search_url(text: str) -> str:
    """Return the address of what is found for a text: a title, a tag, a corrected spelling."""
    return query_search_url(quote_text(text))


def query_search_url(query: str, **more: str) -> str:
    """Return the address of the results of a query that somebody typed, with ``more`` parameters."""
    return f"{reverse('search')}?{urlencode({'q': query, **more})}"
