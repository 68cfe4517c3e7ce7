"""Links to the search page."""

from __future__ import annotations

from django import template

from videos.search import links

register = template.Library()

register.simple_tag(links.to_text, name="search_for_text")
register.simple_tag(links.to_query, name="search_for_query")
