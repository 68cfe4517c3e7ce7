"""The extension point of the watch page: other apps register builders of template context."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from videos.models import Video
from videos.viewer_state import ViewerState

ContextBuilder = Callable[[HttpRequest, Video, ViewerState], dict[str, object]]
_builders: list[ContextBuilder] = []


def register_context_builder(builder: ContextBuilder) -> ContextBuilder:
    """Add a builder of template context for the watch page."""
    _builders.append(builder)
    return builder


def build_context(request: HttpRequest, video: Video, relation: ViewerState) -> dict[str, object]:
    """Return the merged context of all builders; ``relation`` is the viewer's state for the video."""
    context: dict[str, object] = {}
    for builder in _builders:
        context |= builder(request, video, relation)
    return context
