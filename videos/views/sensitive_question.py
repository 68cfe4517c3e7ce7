"""The question before a sensitive video plays, on its page and in its embedded player.

Until the viewer goes on, the page has no player, so nothing plays, and the question works without scripts.
"""

from __future__ import annotations

from django.http import HttpRequest

from videos.sensitivity import ASKING, CONSENT, CONSENTED


def build_context(request: HttpRequest, treatment: str) -> dict[str, object]:
    """Return ``go_on_url``, "" unless the viewer is to be asked first, and ``is_for_adults``."""
    is_asked = treatment in ASKING and request.GET.get(CONSENT) != CONSENTED
    parameters = request.GET.copy()
    parameters[CONSENT] = CONSENTED
    return {
        "go_on_url": f"?{parameters.urlencode()}" if is_asked else "",
        "is_for_adults": bool(treatment),
    }
