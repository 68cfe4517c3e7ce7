"""Addresses of feeds: one for each format, which is the address's ending."""

from __future__ import annotations

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from videos.syndication.feed_entries import CONTENT_TYPES, RSS


def feed_paths(start: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """Return the routes of a feed, whose view takes the ``ending``. That of RSS is called ``name``."""
    return [
        path(
            f"{start}.{ending}", view, {"ending": ending}, name=name if ending == RSS else f"{name}-{ending}"
        )
        for ending in CONTENT_TYPES
    ]
