"""Limits on commands: pages and calls send MongoDB few beside authentication, however much there is."""

import pytest

from streamsite.mongo.engine import kept_documents
from tests.support.commands import recorded_queries
from tests.support.profile import walk
from videos.models import Comment

MOST = 4
# Pages of several lists: new videos, what to go on with, and the feed; videos, channels (whom somebody blocks among
# them) and playlists; posts with what they show and the viewer's reactions. And how much of the videos on cards the
# viewer has watched.
MORE = {
    "/": 6,
    "/search?q=alpha+video": 5,
    "/search?q=owner&sort=views": 6,
    "/feed/posts": 5,
}
# The same for the first call after a change, when nothing is kept: the video or channel that a page is of, and the
# accounts and videos that its rows name, are commands of their own.
MOST_UNCACHED = 5
MORE_UNCACHED = {
    "/": 8,
    "/search?q=alpha+video": 6,
    "/search?q=owner&sort=views": 8,
    "/watch/{video}": 6,
    "/@owner/posts": 6,
    "/feed/posts": 7,
    "/watch-later": 6,
    "/playlists/{playlist}": 6,
    "/api/v1/me/feed/posts": 6,
}
# Who asks: the page's session, the account.
IDENTITY = {"find django_session", "find accounts_user"}
PAGES = [
    "/",
    "/trending",
    "/category/other",
    "/tag/alpha",
    "/search?q=alpha+video",
    "/search?q=owner&sort=views",
    "/watch/{video}",
    "/watch/{video}/comments",
    "/@owner",
    "/@owner/videos",
    "/@owner/posts",
    "/@owner/playlists",
    "/feed",
    "/feed/posts",
    "/subscriptions",
    "/subscriptions/sidebar",
    "/you",
    "/settings",
    "/notifications",
    "/history",
    "/liked",
    "/library",
    "/watch-later",
    "/playlists/{playlist}",
    "/studio/videos",
    "/studio/comments",
    "/api/v1/videos",
    "/api/v1/videos?q=alpha+video",
    "/api/v1/search/suggest?q=al",
    "/api/v1/channels?q=own",
    "/api/v1/trending",
    "/api/v1/videos/{video}",
    "/api/v1/videos/{video}/related",
    "/api/v1/videos/{video}/comments",
    "/api/v1/channels/owner",
    "/api/v1/channels/owner/front",
    "/api/v1/channels/owner/videos",
    "/api/v1/channels/owner/posts",
    "/api/v1/channels/owner/playlists",
    "/api/v1/channels/owner/subscribers",
    "/api/v1/me",
    "/api/v1/me/feed",
    "/api/v1/me/feed/posts",
    "/api/v1/me/history",
    "/api/v1/me/likes",
    "/api/v1/me/not-interested",
    "/api/v1/me/hidden-channels",
    "/api/v1/me/subscriptions",
    "/api/v1/me/notifications",
    "/api/v1/me/notifications/unread",
    "/api/v1/me/watch-later",
    "/api/v1/playlists",
    "/api/v1/playlists/{playlist}",
    "/api/v1/playlists/{playlist}/items",
    "/api/v1/studio/videos",
    "/api/v1/studio/stats",
]


@pytest.fixture
def world(cast):
    """A channel with some of everything, which the member follows and uses; ``grow`` makes more of it."""
    assert cast.owner.is_active
    member, owner = cast.api("member"), cast.api("owner")
    member.put("/api/v1/channels/owner/subscription")
    first = cast.video(title="Alpha video", tags=["alpha"], duration=100.0)
    body = {"title": "List", "visibility": "public", "video_ids": [first.pk]}
    ids = {"video": first.pk, "playlist": owner.post("/api/v1/playlists", body, format="json").json()["id"]}

    def grow(many):
        for number in range(many):
            video = cast.video(title=f"Alpha video {number}", tags=["alpha"], duration=100.0)
            path = f"/api/v1/videos/{first.pk}"
            member.post(f"{path}/comments", {"text": f"Said {number}"}, format="json")
            member.put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")
            beat = {"position": 9.0, "watched": [[0, 9]]}
            member.post(f"/api/v1/videos/{video.pk}/playback", beat, format="json")
            owner.post("/api/v1/posts", {"text": f"News {number}", "video_id": video.pk}, format="json")
            owner.post(f"/api/v1/playlists/{ids['playlist']}/items", {"video_id": video.pk}, format="json")
            member.put(f"/api/v1/me/watch-later/{video.pk}")
            body = {"title": f"List {number}", "visibility": "public", "video_ids": [video.pk]}
            owner.post("/api/v1/playlists", body, format="json")
            said = Comment.objects.latest("created_at")
            owner.post(f"/api/v1/comments/{said.pk}/replies", {"text": "Yes"}, format="json")

    grow(2)
    return ids, grow


def asked(cast, who, ids):
    """Return the commands of every page, beside those that find out who asks: with kept rows, and without any."""
    kept, uncached = {}, {}
    for path in PAGES:
        client = cast.api(who) if path.startswith("/api/") else cast.page(who)
        address = path.format(**ids)
        for _ in range(2):  # what is cached for a moment; the first call may store totals, which ends that
            client.get(address)
        kept[path] = _commands_of(client, who, address)
        kept_documents.forget_all()
        uncached[path] = _commands_of(client, who, address)
    return kept, uncached


def _commands_of(client, who, address):
    with recorded_queries() as commands:
        status = client.get(address).status_code
    assert status in {200, 302, 401}, (address, status)
    # Reads are counted in the database once in fifty.
    rest = [command for command in commands if command != "findAndModify throttle"]
    for name in IDENTITY:
        if who != "anonymous" and name in rest:
            rest.remove(name)
    return rest


def _above(found, most, more):
    return {path: commands for path, commands in found.items() if len(commands) > more.get(path, most)}


@pytest.mark.timeout(170)
@pytest.mark.parametrize("who", ["anonymous", "member"])
def test_no_page_asks_more_the_more_there_is(cast, world, who):
    ids, grow = world
    few = asked(cast, who, ids)
    assert _above(few[0], MOST, MORE) == {}
    assert _above(few[1], MOST_UNCACHED, MORE_UNCACHED) == {}
    grow(walk(5, deep=15))
    many = asked(cast, who, ids)
    for before, after in zip(few, many, strict=True):
        assert {path: after[path] for path in PAGES if len(after[path]) > len(before[path])} == {}
