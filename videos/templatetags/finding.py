"""Links to the search page, and the search words marked in texts."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from videos.search import snippets, urls

register = template.Library()

register.simple_tag(urls.text_search_url, name="search_for_text")
register.simple_tag(urls.query_search_url, name="search_for_query")
register.simple_tag(urls.tag_url, name="tag_page")


@register.filter
def mark_words(text: str, words: str) -> SafeString:
    """Return ``text`` escaped, with the search words in ``<mark>`` elements."""
    if not words:
        return format_html("{}", text)
    parts = snippets.mark_words(text, words)
    return format_html_join("", "{}", ((_marked(part, is_match),) for part, is_match in parts))


def _marked(part: str, is_match: bool) -> SafeString:
    return format_html("<mark>{}</mark>", part) if is_match else format_html("{}", part)
