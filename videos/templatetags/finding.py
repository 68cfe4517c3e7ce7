"""Links to the search page."""

from __future__ import annotations

from django import template

from videos.search import urls

register = template.Library()

register.simple_tag(urls.text_search_url, name="search_for_text")
register.simple_tag(urls.query_search_url, name="search_for_query")
register.simple_tag(urls.tag_url, name="tag_page")
