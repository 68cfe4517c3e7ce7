"""Limits per account: a plain 409 beyond them, and never more, in parallel either."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models import Model, QuerySet
from django.http import HttpResponse

from accounts.models import User
from playlists.models import Playlist, SavedPlaylist
from subscriptions.models import Subscription
from tests.support.users import Cast
from videos.models import Block, Caption, ShareLink

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello"
MOST = 2


def playlist(cast, number):
    return cast.api("owner").post("/api/v1/playlists", {"title": f"List {number}"}, format="json")


def caption(cast, number):
    body = {"language": "en", "label": f"Label {number}", "text": VTT}
    return cast.api("owner").post(f"/api/v1/videos/{own_video(cast).pk}/captions", body, format="json")


def share_link(cast, number):
    return cast.api("owner").post(f"/api/v1/videos/{own_video(cast).pk}/share-links", {}, format="json")


def block(cast, number):
    return cast.api("owner").put(f"/api/v1/me/blocks/{other(number).username}")


def subscription(cast, number):
    return cast.api("owner").put(f"/api/v1/channels/{other(number).username}/subscription", {}, format="json")


def saved(cast, number):
    theirs, _ = Playlist.objects.get_or_create(
        pk=f"their-playlist-{number}", owner=cast.stranger, title="x", visibility="public"
    )
    return cast.api("owner").put(f"/api/v1/me/saved-playlists/{theirs.pk}")


def own_video(cast):
    return cast.video()


def other(number):
    name = f"other-{number}"
    return User.objects.filter(username=name).first() or User.objects.create(username=name)


KINDS: dict[str, tuple[str, Callable[[Cast, int], HttpResponse], QuerySet[Model]]] = {
    "playlists": ("MAX_PLAYLISTS_PER_USER", playlist, Playlist.objects.exclude(pk__startswith="their")),
    "captions": ("MAX_CAPTIONS_PER_USER", caption, Caption.objects.all()),
    "share links": ("MAX_SHARE_LINKS_PER_USER", share_link, ShareLink.objects.all()),
    "blocks": ("MAX_BLOCKS_PER_USER", block, Block.objects.all()),
    "subscriptions": ("MAX_SUBSCRIPTIONS_PER_USER", subscription, Subscription.objects.all()),
    "saved playlists": ("MAX_SAVED_PLAYLISTS_PER_USER", saved, SavedPlaylist.objects.all()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_beyond_the_cap_it_is_409_with_a_code_and_a_sentence(cast, settings, kind):
    name, make, rows = KINDS[kind]
    setattr(settings, name, MOST)
    made = [make(cast, number) for number in range(MOST + 1)]
    assert [answer.status_code // 100 for answer in made] == [2] * MOST + [4]
    refused = made[-1]
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_reached")
    assert f"up to {MOST}" in refused.json()["detail"] or f"at most {MOST}" in refused.json()["detail"]
    assert rows.all().count() == MOST


@pytest.mark.parametrize("kind", ["blocks", "subscriptions", "saved playlists"])
def test_repeating_what_is_there_is_no_more_of_it(cast, settings, kind):
    name, make, _ = KINDS[kind]
    setattr(settings, name, MOST)
    for _ in range(2):
        assert [make(cast, number).status_code // 100 for number in range(MOST)] == [2] * MOST


@pytest.mark.parametrize("kind", KINDS)
def test_in_parallel_there_are_never_more(cast, settings, kind):
    name, make, rows = KINDS[kind]
    setattr(settings, name, MOST)
    cast.owner, cast.stranger  # noqa: B018 - made before the threads need them
    for number in range(8):
        other(number)

    def call(number: int) -> int:
        try:
            return make(cast, number).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(call, range(8)))
    assert rows.all().count() <= MOST
    assert set(statuses) <= {200, 201, 204, 409}
    owner = User.objects.get(pk=cast.owner.pk)
    assert owner.subscription_count == Subscription.objects.filter(subscriber=owner).count()


def test_the_videos_in_all_playlists_are_bounded(cast, settings):
    settings.MAX_PLAYLIST_ITEMS_PER_USER = 3
    api, videos = cast.api("owner"), [cast.video().pk for _ in range(3)]
    first = api.post("/api/v1/playlists", {"title": "A", "video_ids": videos[:2]}, format="json").json()
    refused = api.post("/api/v1/playlists", {"title": "B", "video_ids": videos[:2]}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_reached")
    items = f"/api/v1/playlists/{first['id']}/items"
    assert api.post(items, {"video_id": videos[2]}, format="json").status_code == 201
    refused = api.put(f"/api/v1/me/watch-later/{videos[0]}")
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_reached")
    assert sum(Playlist.objects.filter(owner=cast.owner).values_list("item_count", flat=True)) == 3
