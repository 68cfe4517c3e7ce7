"""What other apps add to the watch page. They register a builder; this app knows none of them by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from videos.models import Video

Builder = Callable[[HttpRequest, Video], dict[str, Any]]
_builders: list[Builder] = []


def register(builder: Builder) -> Builder:
    """Add a builder of template context for the watch page."""
    _builders.append(builder)
    return builder


def collect(request: HttpRequest, video: Video) -> dict[str, Any]:
    """The context that all builders add."""
    context: dict[str, Any] = {}
    for builder in _builders:
        context |= builder(request, video)
    return context
