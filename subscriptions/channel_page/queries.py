"""Reads of a channel's front page, in two commands however many shelves it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts import mappers
from accounts.models import User
from accounts.schemas import ChannelDict
from streamsite.visibility import Viewer
from subscriptions.channel_page import store
from subscriptions.channel_page.shelf_types import VIDEOS, Stages, all_shelf_types
from subscriptions.models import ChannelPage
from subscriptions.queries import build_viewer_relation
from subscriptions.schemas import ChannelFrontDict, ShelfDict
from videos.access import LISTED
from videos.mappers import serialize_card
from videos.queries import load_listed
from videos.sensitivity import not_hidden_match


class ArrangedChannelDict(ChannelDict):
    """A channel for its page, with whether its owner arranged it; not in the API."""

    is_arranged: bool


@dataclass
class _ShelfVideos:
    ids: list[str] = field(default_factory=list)
    title: str = ""


def get_arrangement(owner_id: str) -> ChannelPage:
    """Return the owner's arrangement; an unsaved one of version 0 if there is none."""
    return ChannelPage.objects.filter(pk=owner_id).first() or ChannelPage(user_id=owner_id, version=0)


def load_channel(viewer: Viewer, owner: User) -> tuple[ArrangedChannelDict, ChannelPage]:
    """Return the channel object for ``viewer`` with ``is_arranged``, and the arrangement, in one read."""
    is_other = viewer.is_authenticated and viewer.pk != owner.pk
    page, notify = store.find_with_bell(owner.pk, str(viewer.pk) if is_other else None)
    body = mappers.serialize_channel(owner, build_viewer_relation(viewer, owner, notify))
    return {**body, "is_arranged": page.is_arranged}, page


def sees_as_follower(channel: ChannelDict) -> bool:
    """Return whether the viewer of a channel object sees its page as followers do: they follow it, or own it."""
    viewer = channel["viewer"]
    return viewer is not None and (viewer["is_subscribed"] or viewer["is_self"])


def build_front_page(
    viewer: Viewer, owner: User, page: ChannelPage, *, is_follower: bool
) -> ChannelFrontDict:
    """Return the front page as a follower or someone else sees it, without empty shelves.

    ``featured`` is the card of the featured video, or ``None``; others than followers see the trailer in its place.
    """
    shelves = [row for row in page.shelves if row["kind"] in all_shelf_types()]
    trailer = "" if is_follower else page.trailer
    found = _load_shelves(viewer, owner, {"featured": page.featured, "trailer": trailer}, shelves)
    wanted = dict.fromkeys(video_id for part in found.values() for video_id in part.ids)
    videos = {video.pk: video for video in load_listed(viewer, list(wanted))}
    rows: list[ShelfDict] = []
    for number, row in enumerate(shelves):
        kind, part = all_shelf_types()[row["kind"]], found.get(str(number), _ShelfVideos())
        cards = [serialize_card(videos[video_id]) for video_id in part.ids if video_id in videos]
        if cards:
            rows.append(
                {
                    "kind": kind.name,
                    "value": row["value"],
                    "title": part.title or str(kind.title),
                    "url": kind.url(owner, row["value"]),
                    "results": cards,
                }
            )
    featured = videos.get(trailer) or videos.get(page.featured)
    return {
        "featured": serialize_card(featured) if featured is not None else None,
        "is_trailer": featured is not None and featured.pk == trailer,
        "shelves": rows,
    }


def _load_shelves(
    viewer: Viewer, owner: User, single: Mapping[str, str], shelves: list[dict[str, str]]
) -> dict[str, _ShelfVideos]:
    """Return video ids and titles by shelf number, and of the ``single`` videos by their names, in one read."""
    shown = not_hidden_match(viewer)
    sources: dict[str, tuple[str, Stages]] = {}
    for name, video_id in single.items():
        if video_id:
            of_owner = {"_id": video_id, "channel_id": owner.pk} | LISTED
            sources[name] = (VIDEOS, [{"$match": of_owner}, {"$project": {"_id": 1}}])
    for number, shelf in enumerate(shelves):
        kind = all_shelf_types()[shelf["kind"]]
        stages = kind.stages(owner.pk, shelf["value"])
        if shown and kind.source == VIDEOS:
            stages = [{"$match": shown}, *stages]
        sources[str(number)] = (kind.source, stages)
    found: dict[str, _ShelfVideos] = {}
    for row in store.read_shelves(sources):
        part = found.setdefault(row["shelf"], _ShelfVideos())
        part.ids.append(row["_id"])
        part.title = row.get("title") or part.title
    return found
