"""Metadata of a playlist's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from playlists import access
from playlists.models import Playlist
from streamsite import page_metadata
from streamsite.site_settings.identity import site_name
from streamsite.visibility import is_listed
from videos.syndication.lists import card_picture, video_lists


def playlist_metadata(
    playlist: Playlist, body: Mapping[str, Any], page: Mapping[str, Any]
) -> dict[str, object]:
    """Return the metadata of a playlist: ``body`` as its viewer sees it, ``page`` of its items.

    An unlisted one has a preview, but nothing that search engines list. Nobody finds more than its title of others.
    """
    title = body["title"]
    if not access.is_reachable_by_link(playlist):
        return page_metadata.build_hidden(title)
    cards = [item["video"] for item in page["results"]]
    lists = video_lists({**page, "results": cards}, name=title, numberOfItems=body["item_count"])
    owner = playlist.owner
    name = owner.get_full_name() or owner.username
    trail = page_metadata.breadcrumbs((name, owner.get_absolute_url()), (title, playlist.get_absolute_url()))
    return page_metadata.build(
        title=title,
        description=body["description"] or _("%(name)s on %(site)s") % {"name": name, "site": site_name()},
        path=playlist.get_absolute_url(),
        picture=next((found for card in cards if (found := card_picture(card))), None),
        things=[*lists, trail],
        indexed=is_listed(playlist.visibility),
    )
