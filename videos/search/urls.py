"""Links to the search page. No other module builds them, so that no text is taken for query syntax."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse


def quote_text(text: str) -> str:
    """Return the query for a literal text: in quotes nothing excludes, and no word counts as unfinished."""
    return f'"{" ".join(text.replace(chr(34), " ").split())}"'


def text_search_url(text: str) -> str:
    """Return the URL of the search for a literal text: a title, a tag, a corrected spelling."""
    return query_search_url(quote_text(text))


def tag_url(tag: str) -> str:
    """Return the URL of the page of a tag; of the search for one whose page browsers could not ask for."""
    # A segment of dots would be resolved, a slash at the end removed.
    return text_search_url(tag) if tag.endswith(("/", ".")) else reverse("tag", args=[tag])


def query_search_url(query: str, **more: str) -> str:
    """Return the URL of the results for a typed query, with ``more`` parameters."""
    return f"{reverse('search')}?{urlencode({'q': query, **more})}"
