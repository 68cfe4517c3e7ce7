"""What other apps add to the watch page. They register a builder; this app knows none of them by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from videos.models import Video
from videos.viewer_state import Relation

Builder = Callable[[HttpRequest, Video, Relation], dict[str, Any]]
_builders: list[Builder] = []


def register(builder: Builder) -> Builder:
    """Add a builder of template context for the watch page."""
    _builders.append(builder)
    return builder


def collect(request: HttpRequest, video: Video, relation: Relation) -> dict[str, Any]:
    """The context that all builders add; ``relation`` is what the viewer is to the video."""
    context: dict[str, Any] = {}
    for builder in _builders:
        context |= builder(request, video, relation)
    return context
