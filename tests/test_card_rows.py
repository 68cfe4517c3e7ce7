"""Lists read what they show and nothing else: as many commands for many rows as for few."""

import pytest

from accounts.models import User
from tests.support.commands import recorded
from videos import card_rows
from videos.models import Video

FEW, MANY = 2, 12
LISTS = (
    "/api/v1/videos",
    "/api/v1/videos?sort=likes",
    "/api/v1/videos?sort=original_newest",
    "/api/v1/videos?category=film",
    "/api/v1/videos?tag=sea",
    "/api/v1/videos?q=walrus",
    "/api/v1/videos?q=walrus&sort=newest",
    "/api/v1/trending",
    "/api/v1/channels/owner/videos",
    "/api/v1/me/subscriptions/feed",
    "/api/v1/feed/videos",
    "/api/v1/me/history",
    "/api/v1/me/likes",
    "/api/v1/me/subscriptions",
    "/api/v1/channels/owner/subscribers",
    "/api/v1/videos/{video}/comments",
    "/api/v1/videos/{video}/related",
    "/api/v1/playlists/{playlist}/items",
    "/api/v1/me/playlists",
    "/api/v1/studio/comments",
)
PAGES = (
    "/",
    "/trending",
    "/search?q=walrus",
    "/subscriptions",
    "/history",
    "/liked",
    "/@owner",
    "/@owner/videos",
    "/tag/sea",
    "/category/film",
    "/watch/{video}",
    "/playlists/{playlist}",
    "/studio/comments",
)


@pytest.fixture
def world(cast):
    """A viewer who follows, has watched, likes, and collects each of the owner's videos."""
    member = cast.api("member")
    member.put("/api/v1/channels/owner/subscription")
    playlist = member.post(
        "/api/v1/playlists", {"title": "All", "visibility": "public"}, format="json"
    ).json()["id"]
    cast.api("owner")

    def add(number):
        film = cast.video(
            title=f"Walrus {number}",
            description=f"A walrus of the sea, number {number}.",
            tags=["sea"],
            tag_keys=["sea"],
            category="film",
            has_poster=True,
        )
        fan = cast.user(f"fan{number}")
        from rest_framework.test import APIClient

        api = APIClient(HTTP_AUTHORIZATION=f"Bearer {cast.access_token(fan)}")
        api.put("/api/v1/channels/owner/subscription")
        member.put(f"/api/v1/channels/{fan.username}/subscription")
        member.put(f"/api/v1/videos/{film.pk}/reaction", {"value": "like"}, format="json")
        member.put(f"/api/v1/videos/{film.pk}/position", {"position": 5.0}, format="json")
        member.post(f"/api/v1/playlists/{playlist}/items", {"video": film.pk}, format="json")
        member.post("/api/v1/playlists", {"title": f"List {number}", "visibility": "public"}, format="json")
        return film

    first = add(0)

    def comment(number):
        api = cast.api("stranger")
        api.post(f"/api/v1/videos/{first.pk}/comments", {"text": f"Number {number}."}, format="json")

    def grow(size):
        have = Video.objects.count()
        for number in range(have, size):
            add(number)
            comment(number)

    return {"video": first.pk, "playlist": playlist}, grow


def counts(cast, asked):
    api, page = cast.api("member"), cast.page("member")
    owner = cast.api("owner")
    found = {}
    for template in (*LISTS, *PAGES):
        address = template.format(**asked)
        client = page if template in PAGES else owner if "studio" in template else api
        client = cast.page("owner") if template == "/studio/comments" else client
        client.get(address)
        with recorded() as made:
            answer = client.get(address)
        found[template] = (answer.status_code, len(made))
    return found


def test_many_rows_are_read_in_as_many_commands_as_few(cast, world):
    asked, grow = world
    grow(FEW)
    few = counts(cast, asked)
    grow(MANY)
    many = counts(cast, asked)
    answered = {name for name, (status, _) in many.items() if status == 200}
    assert len(answered) >= 25, {name: one for name, one in many.items() if one[0] != 200}
    more = {name: (few[name], many[name]) for name in answered if many[name][1] > few[name][1] + 1}
    assert more == {}


def test_no_secret_travels_for_a_list():
    fields = {field.name for field in User._meta.concrete_fields}
    assert set(card_rows.BADGE_FIELDS) < fields
    assert not {"password", "email", "email_key"} & set(card_rows.BADGE_FIELDS)
