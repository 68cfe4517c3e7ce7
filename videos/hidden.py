"""Videos that a viewer is not interested in, and channels that the site is not to recommend to them.

Both are left out of what the site chooses for them: home, categories, tags, trending, related videos and suggestions.
What they look for or follow stays complete: search results, channel pages, subscriptions, playlists and history.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import user_store
from accounts.models import User
from streamsite.caching import ExpiringCache
from streamsite.errors import Invalid
from streamsite.row_limits import RowLimit
from streamsite.visibility import Viewer
from videos import hidden_store
from videos.models import Video

KEPT_SECONDS, MAX_KEPT = 600, 5_000


@dataclass(frozen=True)
class Hidden:
    """The ids of the videos and channels that are not recommended to a viewer."""

    videos: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    def hides(self, video: Video) -> bool:
        """Return whether the video is left out."""
        return video.pk in self.videos or video.channel_id in self.channels

    def rest(self) -> Q:
        """Return the condition for the videos that are not left out."""
        condition = Q()
        if self.videos:
            condition &= ~Q(pk__in=sorted(self.videos))
        if self.channels:
            condition &= ~Q(channel_id__in=sorted(self.channels))
        return condition

    def rest_match(self) -> dict[str, object]:
        """Return the same as ``rest`` for pipelines, on videos and on search documents."""
        parts = {"_id": self.videos, "channel_id": self.channels}
        return {name: {"$nin": sorted(ids)} for name, ids in parts.items() if ids}


NOTHING = Hidden()
# By account and by the number of its changes, so that every process knows of a change at once.
_known: ExpiringCache[tuple[str, int], Hidden] = ExpiringCache(seconds=KEPT_SECONDS, max_entries=MAX_KEPT)


def hidden_from(viewer: Viewer) -> Hidden:
    """Return what is not recommended to ``viewer``. At most one command, none for who never hid anything."""
    if not isinstance(viewer, User) or not viewer.hidden_version:
        return NOTHING
    return _known.get_or_load((viewer.pk, viewer.hidden_version), lambda: _load(viewer.pk))


def clear_cache() -> None:
    """Read what everyone hides again."""
    _known.clear()


def hide_video(user: User, video: Video) -> None:
    """Recommend a video no more. Idempotent. Raises ``LimitReached`` at the limit."""
    most = settings.MAX_HIDDEN_VIDEOS_PER_USER
    detail = _("You can hide up to %(limit)d videos. Remove one first.") % {"limit": most}
    _hide(user, hidden_store.VIDEO, video.pk, most, detail)


def show_video(user: User, video_id: str) -> None:
    """Recommend a video again. Idempotent."""
    _show(user, hidden_store.VIDEO, video_id)


def hide_channel(user: User, channel: User) -> None:
    """Recommend a channel no more. Idempotent. Raises ``Invalid`` for oneself, ``LimitReached`` at the limit."""
    if user.pk == channel.pk:
        raise Invalid(_("This is your own channel."), fields={"username": [_("This is your own channel.")]})
    most = settings.MAX_HIDDEN_CHANNELS_PER_USER
    detail = _("You can hide up to %(limit)d channels. Remove one first.") % {"limit": most}
    _hide(user, hidden_store.CHANNEL, channel.pk, most, detail)


def show_channel(user: User, channel_id: str) -> None:
    """Recommend a channel again. Idempotent."""
    _show(user, hidden_store.CHANNEL, channel_id)


def is_channel_hidden(user: User, channel_id: str) -> bool:
    """Return whether an account asked not to be recommended a channel."""
    return hidden_store.has(user.pk, hidden_store.CHANNEL, channel_id)


def hidden_videos(user: User) -> list[str]:
    """Return the ids of the videos that an account hides, latest first."""
    return hidden_store.list_targets(user.pk, hidden_store.VIDEO)


def hidden_channels(user: User) -> list[str]:
    """Return the ids of the channels that an account hides, latest first."""
    return hidden_store.list_targets(user.pk, hidden_store.CHANNEL)


def _hide(user: User, kind: str, target_id: str, most: int, detail: str) -> None:
    if not hidden_store.add(user.pk, kind, target_id):
        return
    limit = RowLimit(lambda: hidden_store.count(user.pk, kind), most, detail)
    limit.confirm(lambda: hidden_store.remove(user.pk, kind, target_id))
    user_store.count_hidden_change(user.pk)


def _show(user: User, kind: str, target_id: str) -> None:
    if hidden_store.remove(user.pk, kind, target_id):
        user_store.count_hidden_change(user.pk)


def _load(user_id: str) -> Hidden:
    found = hidden_store.find_all(user_id)
    return Hidden(frozenset(found[hidden_store.VIDEO]), frozenset(found[hidden_store.CHANNEL]))
