"""The studio's bulk action that adds videos to a playlist."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from playlists import services
from playlists.access import own_playlists, playlist_for_editing
from playlists.queries import RECENT
from streamsite.errors import Invalid, SiteError
from videos.models import Video
from videos.studio.bulk_actions import BulkAction, Change

MAX_CHOICES = 100


def playlist_choices(actor: User) -> list[tuple[str, str]]:
    """Return ids and titles of the actor's most recent playlists."""
    rows = own_playlists(actor.pk).order_by(*RECENT).values_list("pk", "title")
    return list(rows[:MAX_CHOICES])


def prepare_change(actor: User, value: object) -> Change:
    """Return a change that appends a video to the playlist ``value`` unless it contains it. Raises ``Invalid``."""
    if not isinstance(value, str):
        raise Invalid(_("Choose a playlist."), fields={"value": [_("Choose a playlist.")]})
    try:
        playlist = playlist_for_editing(actor, value)
    except SiteError as error:
        raise Invalid(error.detail, fields={"value": [_("Choose one of your playlists.")]}) from None

    def change(video: Video) -> bool:
        try:
            services.add_video(playlist, actor, video.pk)
        except services.AlreadyInPlaylist:
            return False
        return True

    return change


ACTION = BulkAction(gettext_lazy("Add to playlist"), prepare_change, playlist_choices)
