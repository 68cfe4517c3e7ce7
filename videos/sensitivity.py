"""The one rule of what a viewer gets to see of sensitive videos.

A video is sensitive when its owner, its channel's owner, or staff marked it: ``Video.shown_as_sensitive``, which
``sensitive_marks`` keeps. What follows is the viewer's choice, else the site's, and for visitors always the site's, so
that shared caches may keep what they get. Owners always see their own videos.

"Hide" leaves videos out of what the site chooses: lists, search, suggestions, related videos, and feeds. What people
chose, such as playlists and their history, keeps them, with blurred thumbnails.
"""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User
from streamsite.sensitive_content import SensitiveContent
from streamsite.site_settings.features import features
from streamsite.visibility import Viewer
from videos.models import Video
from videos.schemas.cards import CardDict

HIDE, BLUR, WARN, SHOW = SensitiveContent
ASKING = frozenset({HIDE, BLUR, WARN})
BLURRING = frozenset({HIDE, BLUR})
# The parameter with which a viewer who was asked goes on.
CONSENT, CONSENTED = "sensitive", "show"


def policy_of(viewer: object) -> SensitiveContent:
    """Return what ``viewer`` gets to see of others' sensitive videos."""
    chosen = viewer.preferences.get("sensitive_content") if isinstance(viewer, User) else ""
    return SensitiveContent(chosen if chosen in SensitiveContent.values else features().sensitive_content)


def not_hidden(viewer: Viewer) -> Q:
    """Return the condition for videos that lists do not hide from ``viewer``."""
    if policy_of(viewer) != HIDE:
        return Q()
    shown = ~Q(shown_as_sensitive=True)
    return shown | Q(channel_id=viewer.pk) if viewer.is_authenticated else shown


def not_hidden_match(viewer: Viewer) -> dict[str, object]:
    """Return the same as ``not_hidden`` for pipelines, on videos and on search documents. Its only key is ``$nor``."""
    if policy_of(viewer) != HIDE:
        return {}
    hidden: dict[str, object] = {"shown_as_sensitive": True}
    if viewer.is_authenticated:
        hidden["channel_id"] = {"$ne": viewer.pk}
    return {"$nor": [hidden]}


def shared_listing(viewer: Viewer) -> str | None:
    """Return the group of viewers from whom ``not_hidden`` hides the same; ``None`` for one who has an exception."""
    if policy_of(viewer) != HIDE:
        return "everything"
    return None if viewer.is_authenticated else "without sensitive videos"


def is_hidden(viewer: Viewer, video: Video) -> bool:
    """Return whether lists hide the video from ``viewer``."""
    return treatment(viewer, video) == HIDE


def has_public_picture(*, is_sensitive: bool) -> bool:
    """Return whether other sites may show a video's thumbnail, which they cannot blur."""
    return not is_sensitive or features().sensitive_content not in BLURRING


def treatment(viewer: Viewer, video: Video) -> str:
    """Return how ``viewer`` meets the video: a value of ``SensitiveContent``, "" for one that is not sensitive."""
    if not video.shown_as_sensitive:
        return ""
    return SHOW if viewer.is_authenticated and viewer.pk == video.channel_id else policy_of(viewer)


def card_treatment(viewer: object, card: CardDict) -> str:
    """Return the same as ``treatment`` for a card."""
    if not card.get("is_sensitive"):
        return ""
    is_own = isinstance(viewer, User) and viewer.username == card["channel"]["username"]
    return SHOW if is_own else policy_of(viewer)
