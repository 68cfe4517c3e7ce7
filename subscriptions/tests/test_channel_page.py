"""The front page of a channel: its owner's arrangement, without hidden content."""

import pytest

from streamsite.mongo.collections import collection
from subscriptions.models import ChannelPage
from tests.support.commands import recorded

MINE, FRONT = "/api/v1/me/channel-page", "/api/v1/channels/owner/front"


def arrange(cast, status=200, who="owner", headers=None, **body):
    answer = cast.api(who).patch(MINE, body, format="json", headers=headers or {})
    assert answer.status_code == status, answer.content
    return answer.json()


def front(cast, who="anonymous"):
    answer = cast.api(who).get(FRONT)
    assert answer.status_code == 200
    return answer.json()


def shelves(cast, who="anonymous"):
    return [(row["title"], [card["title"] for card in row["results"]]) for row in front(cast, who)["shelves"]]


@pytest.fixture
def films(cast):
    return [
        cast.video(title=name, view_count=views)
        for name, views in (("First", 5), ("Second", 9), ("Third", 1))
    ]


def playlist(cast, films, visibility="public", title="Chosen"):
    body = {"title": title, "visibility": visibility, "video_ids": [film.pk for film in films]}
    return cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]


def test_a_channel_shows_what_its_owner_chose_in_that_order(cast, films):
    chosen = playlist(cast, [films[2], films[0]])
    said = arrange(
        cast,
        featured=films[1].pk,
        shelves=[
            {"kind": "playlist", "value": chosen},
            {"kind": "views"},
            {"kind": "oldest"},
            {"kind": "views"},
        ],
    )
    assert said["shelves"] == [
        {"kind": "playlist", "value": chosen},
        {"kind": "views", "value": ""},
        {"kind": "oldest", "value": ""},
    ]
    assert shelves(cast) == [
        ("Chosen", ["Third", "First"]),
        ("Most viewed videos", ["Second", "First", "Third"]),
        ("Oldest videos", ["First", "Second", "Third"]),
    ]
    assert front(cast)["featured"]["title"] == "Second"
    page = cast.page("anonymous").get("/@owner").content.decode()
    assert "Featured" in page
    assert page.index("Chosen") < page.index("Most viewed videos")
    assert "Home" in cast.page("anonymous").get("/@owner/videos").content.decode()


def test_hidden_videos_are_left_out_for_everyone(cast, films):
    chosen = playlist(cast, films)
    arrange(cast, featured=films[1].pk, shelves=[{"kind": "playlist", "value": chosen}])
    cast.api("owner").patch(f"/api/v1/videos/{films[1].pk}", {"visibility": "unlisted"}, format="json")
    for who in ("anonymous", "owner"):
        assert front(cast, who)["featured"] is None
        assert shelves(cast, who) == [("Chosen", ["First", "Third"])]
    cast.api("owner").patch(f"/api/v1/playlists/{chosen}", {"visibility": "unlisted"}, format="json")
    assert shelves(cast) == []
    shown = cast.page("anonymous").get("/@owner").context["page"]["results"]  # then the newest
    assert [card["title"] for card in shown] == ["Third", "First"]


def test_an_unarranged_channel_shows_its_newest_videos(cast, films):
    assert front(cast) == {"featured": None, "is_trailer": False, "shelves": []}
    page = cast.page("anonymous").get("/@owner").content.decode()
    assert page.index("Third") < page.index("First")
    empty = {"featured": "", "trailer": "", "shelves": [], "version": 0}
    assert cast.api("owner").get(MINE).json() == empty


@pytest.mark.parametrize(
    "body",
    [
        {"featured": "A" * 11},
        {"featured": {"$gt": ""}},
        {"trailer": "A" * 11},
        {"shelves": "newest"},
        {"shelves": [{"kind": "nonsense"}]},
        {"shelves": [{"kind": ["newest"]}]},
        {"shelves": [{"kind": "newest", "value": 1}]},
        {"shelves": ["newest"]},
        {"shelves": [{"kind": "playlist", "value": "A" * 16}]},
        {"shelves": [{"kind": "newest"}] * 9},
    ],
)
def test_invalid_shelves_are_rejected(cast, films, body):
    arrange(cast, status=400, **body)
    assert not ChannelPage.objects.exists()


def test_only_what_is_ones_own_can_be_shown(cast, films):
    chosen = playlist(cast, films)
    arrange(cast, who="stranger", status=400, featured=films[0].pk)
    arrange(cast, who="stranger", status=400, shelves=[{"kind": "playlist", "value": chosen}])


def test_a_trailer_is_for_those_who_do_not_follow(cast, films):
    arrange(cast, featured=films[0].pk, trailer=films[1].pk)

    def top(who):
        found = front(cast, who)
        return found["featured"]["title"], found["is_trailer"]

    assert top("anonymous") == top("stranger") == ("Second", True)
    assert top("owner") == ("First", False)
    cast.api("stranger").put("/api/v1/channels/owner/subscription", {}, format="json")
    assert top("stranger") == ("First", False)
    assert "Channel trailer" in cast.page("anonymous").get("/@owner").content.decode()
    assert "Channel trailer" not in cast.page("stranger").get("/@owner").content.decode()
    cast.api("owner").patch(f"/api/v1/videos/{films[1].pk}", {"visibility": "unlisted"}, format="json")
    assert top("anonymous") == ("First", False)


def test_a_page_of_a_former_release_has_no_trailer(cast, films):
    arrange(cast, featured=films[0].pk)
    collection(ChannelPage._meta.db_table).update_one({}, {"$unset": {"trailer": ""}})
    assert front(cast)["featured"]["title"] == "First"
    assert cast.api("owner").get(MINE).json()["trailer"] == ""
    assert arrange(cast, trailer=films[1].pk)["featured"] == films[0].pk
    assert front(cast)["featured"]["title"] == "Second"


def test_the_preview_shows_what_would_be_and_stores_nothing(cast, films):
    page = cast.page("owner")
    path = "/settings/channel/preview"
    query = {"featured": films[0].pk, "trailer": films[1].pk, "shelf": ["views:", "oldest:"]}
    content = page.get(path, query).content.decode()
    assert content.index("Channel trailer") < content.index("Most viewed") < content.index("Oldest videos")
    assert "<html" not in content
    assert "Channel trailer" not in page.get(path, query | {"as": "subscriber"}).content.decode()
    assert "Nothing to show yet" in page.get(path).content.decode()
    assert page.get(path, {"shelf": "nonsense:"}).status_code == 400
    assert cast.page("stranger").get(path, {"featured": films[0].pk}).status_code == 400
    assert cast.page("anonymous").get(path).status_code == 302
    assert not ChannelPage.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(cast, films):
    assert arrange(cast, headers={"If-Match": '"v0"'}, featured=films[0].pk)["version"] == 1
    arrange(cast, status=412, headers={"If-Match": '"v0"'}, featured=films[1].pk)
    assert arrange(cast, headers={"If-Match": '"v1"'}, shelves=[{"kind": "newest"}])["version"] == 2
    arrange(cast, status=412, headers={"If-Match": '"v1"'}, featured="")
    assert cast.api("owner").get(MINE).json()["featured"] == films[0].pk


def test_a_front_page_is_few_commands_however_many_shelves(cast, films):
    chosen = playlist(cast, films)

    def asked():
        with recorded() as commands:
            cast.page("anonymous").get("/@owner")
        return commands

    arrange(cast, featured=films[0].pk, shelves=[{"kind": "newest"}])
    few = asked()
    names = ({"kind": "views"}, {"kind": "oldest"}, {"kind": "newest"}, {"kind": "playlist", "value": chosen})
    arrange(cast, shelves=list(names))
    assert asked() == few
    assert len(few) <= 5, few


def test_the_form_arranges_the_page(cast, films):
    page = cast.page("owner")
    chosen = playlist(cast, films)
    assert "Chosen" in page.get("/settings/channel").content.decode()
    form = {
        "version": 0,
        "featured": films[0].pk,
        "trailer": films[1].pk,
        "shelf0": f"playlist:{chosen}",
        "shelf3": "views:",
    }
    assert page.post("/settings/channel", form).status_code == 302
    assert shelves(cast)[0][0] == "Chosen"
    assert front(cast)["featured"]["title"] == "Second"
    assert page.post("/settings/channel", form).status_code == 400  # made from a former version
    assert page.post("/settings/channel", {"version": 1, "featured": "x"}).status_code == 400


def test_a_channel_is_searched_and_sorted(cast, films):
    cast.video(title="First of a stranger", owner=cast.stranger)
    page = cast.page("anonymous")

    def titles(query):
        return [card["title"] for card in page.get(f"/@owner/videos{query}").context["page"]["results"]]

    assert titles("?q=first") == ["First"]
    assert titles("?sort=views") == ["Second", "First", "Third"]
    assert titles("?sort=oldest") == ["First", "Second", "Third"]
    assert "No videos found on this channel" in page.get("/@owner/videos?q=zebra").content.decode()
    assert page.get("/@owner/videos?sort=nonsense").status_code == 400
