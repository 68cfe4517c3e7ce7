"""What other apps add to the watch page. They register a builder; this app knows none of them by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from videos.models import Video
from videos.viewer_state import ViewerState

ContextBuilder = Callable[[HttpRequest, Video, ViewerState], dict[str, Any]]
_builders: list[ContextBuilder] = []


def register_context_builder(builder: ContextBuilder) -> ContextBuilder:
    """Add a builder of template context for the watch page."""
    _builders.append(builder)
    return builder


def build_context(request: HttpRequest, video: Video, relation: ViewerState) -> dict[str, Any]:
    """The context that all builders add; ``relation`` is what the viewer is to the video."""
    context: dict[str, Any] = {}
    for builder in _builders:
        context |= builder(request, video, relation)
    return context
