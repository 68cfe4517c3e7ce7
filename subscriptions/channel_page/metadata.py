"""Metadata of a channel's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from streamsite import page_metadata
from streamsite.page_metadata import Picture, Thing
from streamsite.site_settings.identity import site_name
from videos.syndication.lists import video_lists

AVATAR_SIZE = 256


def channel_metadata(
    request: HttpRequest, channel: Mapping[str, Any], videos: Mapping[str, Any] | None = None
) -> dict[str, object]:
    """Return the metadata of one of a channel's pages, the one that ``request`` is for.

    ``videos`` is the page of videos that it lists, if it does.
    """
    match, username = request.resolver_match, channel["username"]
    name = channel["full_name"] or username
    path, itself = reverse("channel", args=[username]), "channel"
    if match is not None and match.url_name:
        itself = match.url_name
    things: list[Thing] = [] if itself != "channel" else [_profile_page(channel, name, path)]
    things += video_lists(videos, name=name) if videos else []
    return page_metadata.build(
        title=name,
        description=channel["bio"] or _("%(name)s on %(site)s") % {"name": name, "site": site_name()},
        path=reverse(itself, args=[username]),
        kind="profile",
        picture=channel_picture(channel),
        things=[*things, page_metadata.breadcrumbs((name, path))],
    )


def channel_picture(channel: Mapping[str, Any]) -> Picture | None:
    """Return the channel's avatar, ``None`` without one."""
    if not channel["avatar_url"]:
        return None
    name = channel["full_name"] or channel["username"]
    return Picture(page_metadata.absolute(channel["avatar_url"]), name, AVATAR_SIZE, AVATAR_SIZE)


def person(channel: Mapping[str, Any]) -> Thing:
    """Return a channel as a schema.org object."""
    username = channel["username"]
    return {
        "@type": "Person",
        "name": channel["full_name"] or username,
        "alternateName": f"@{username}",
        "url": page_metadata.absolute(reverse("channel", args=[username])),
    }


def _profile_page(channel: Mapping[str, Any], name: str, path: str) -> Thing:
    about = person(channel) | {
        "interactionStatistic": page_metadata.counter("FollowAction", channel["counts"]["subscribers"]),
        "agentInteractionStatistic": page_metadata.counter("WriteAction", channel["counts"]["videos"]),
    }
    if channel["bio"]:
        about["description"] = channel["bio"]
    if picture := channel_picture(channel):
        about["image"] = picture.url
    if channel["links"]:
        about["sameAs"] = list(channel["links"])
    return {
        "@type": "ProfilePage",
        "name": name,
        "url": page_metadata.absolute(path),
        "dateCreated": channel["created_at"],
        "mainEntity": about,
    }
