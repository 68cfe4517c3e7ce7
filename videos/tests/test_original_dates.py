"""The original publication date of archives: what is accepted, where it is shown, and the orders by it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from defusedxml import ElementTree

from streamsite.mongo import repairs
from streamsite.mongo.collections import collection
from tests.support.commands import recorded_documents
from videos import video_store
from videos.models import Video

FIELD = "originally_published_on"


def patch(cast, video, value):
    return cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {FIELD: value}, format="json")


def titles(page):
    return [card["title"] for card in page.json()["results"]]


@pytest.fixture
def archive(cast):
    """Four videos, published here in this order, of which two came out elsewhere long before."""
    made = [
        cast.video(title=title, originally_published_on=day)
        for title, day in (
            ("Early", None),
            ("Newsreel", date(1936, 5, 1)),
            ("Clip", date(2014, 3, 3)),
            ("Late", None),
        )
    ]
    for number, video in enumerate(made):
        at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)
        Video.objects.filter(pk=video.pk).update(published_at=at)
    video_store.refresh_first_published({})
    return made


@pytest.mark.parametrize("value", ["2014-03-03", "1800-01-01", "2000-02-29", None])
def test_a_day_is_kept_as_it_was_sent(cast, value):
    video = cast.video()
    answer = patch(cast, video, value)
    assert (answer.status_code, answer.json()[FIELD]) == (200, value)
    assert cast.api("anonymous").get("/api/v1/videos").json()["results"][0][FIELD] == value


def test_today_is_accepted_wherever_it_is_and_the_future_is_not(cast):
    video, today = cast.video(), datetime.now(UTC).date()
    assert patch(cast, video, today.isoformat()).status_code == 200
    assert patch(cast, video, (today + timedelta(days=1)).isoformat()).status_code == 200
    assert patch(cast, video, (today + timedelta(days=3)).isoformat()).status_code == 400


@pytest.mark.parametrize(
    "value",
    [
        *("1799-12-31", "2014-02-30", "2014-3-3", "20140303", "2014-03-03T00:00:00Z", "03/03/2014", "2014"),
        *(
            20140303,
            True,
            ["2014-03-03"],
            {"$gt": ""},
            "２０１４-03-03",
            " 2014-03-03",
            "9999-12-31",
            "0000-01-01",
        ),
    ],
)
def test_what_is_no_day_is_refused_by_its_field(cast, value):
    video = cast.video()
    answer = patch(cast, video, value)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [FIELD])
    video.refresh_from_db()
    assert video.originally_published_on is None


@pytest.mark.parametrize("empty", [None, ""])
def test_it_is_cleared(cast, empty):
    video = cast.video()
    patch(cast, video, "2014-03-03")
    assert patch(cast, video, empty).json()[FIELD] is None
    found = Video.objects.get(pk=video.pk)
    assert found.first_published_at == found.published_at


@pytest.mark.parametrize(
    "path", ["/api/v1/videos?", "/api/v1/videos?channel=owner&", "/api/v1/videos?category=other&"]
)
def test_lists_are_sorted_by_when_videos_came_out_first(cast, archive, path):
    api = cast.api("anonymous")
    oldest = ["Newsreel", "Clip", "Early", "Late"]
    assert titles(api.get(f"{path}sort=original_oldest")) == oldest
    assert titles(api.get(f"{path}sort=original_newest")) == oldest[::-1]
    seen, url = [], f"{path}sort=original_oldest&page_size=1"
    while url:
        page = api.get(url)
        seen += titles(page)
        url = page.json()["next"]
    assert seen == oldest


def test_a_search_is_sorted_by_it(cast, archive):
    for video in archive:
        cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"tags": ["reel"]}, format="json")
    assert titles(cast.api("anonymous").get("/api/v1/videos?q=reel&sort=original_oldest")) == [
        *("Newsreel", "Clip", "Early", "Late")
    ]
    page = cast.page("anonymous").get("/search?q=reel&sort=original_newest").content.decode()
    assert 'aria-current="true"><bdi>Original date, newest first</bdi>' in page
    assert page.index(">Late<") < page.index(">Clip<") < page.index(">Newsreel<")
    page = cast.page("anonymous").get("/@owner/videos?sort=original_oldest").content.decode()
    assert page.index(">Newsreel<") < page.index(">Clip<") < page.index(">Early<")


def test_each_order_reads_its_index(cast, archive):
    from streamsite.mongo.engine.client import get_database

    for query in ("sort=original_newest", "sort=original_oldest", "sort=original_oldest&channel=owner"):
        with recorded_documents() as commands:
            cast.api("anonymous").get(f"/api/v1/videos?{query}")
        asked = [one for _, one in commands if one.get("find") == "videos_video"][-1]
        command = {name: asked[name] for name in ("find", "filter", "sort", "limit")}
        plan = get_database("default").command("explain", command)
        text = str(plan["queryPlanner"]["winningPlan"])
        assert "first_published" in text, query
        assert "COLLSCAN" not in text, query
        assert "'SORT'" not in text, query


def test_what_the_previous_release_publishes_is_repaired(cast):
    video = cast.video(title="Theirs")
    collection("videos_video").update_one({"_id": video.pk}, {"$unset": {"first_published_at": ""}})
    assert titles(cast.api("anonymous").get("/api/v1/videos?sort=original_oldest")) == []
    assert titles(cast.api("anonymous").get("/api/v1/videos")) == ["Theirs"]
    repairs.repair_documents()
    assert titles(cast.api("anonymous").get("/api/v1/videos?sort=original_oldest")) == ["Theirs"]
    assert list(video_store.iter_stale_first_published()) == []


def test_pages_and_programs_are_told(cast):
    video = cast.video(originally_published_on=date(2014, 3, 3))
    plain = cast.video(title="Plain")
    page = cast.page("anonymous").get(f"/watch/{video.pk}").content.decode()
    assert 'Originally published <time datetime="2014-03-03">Mar 3, 2014</time>' in page
    assert '"datePublished": "2014-03-03"' in page
    assert '<meta property="video:release_date" content="2014-03-03">' in page
    other = cast.page("anonymous").get(f"/watch/{plain.pk}").content.decode()
    assert "Originally published" not in other
    assert "datePublished" not in other
    feed = ElementTree.fromstring(cast.page("anonymous").get("/feeds/channels/owner.rss").content)
    days = {
        item.findtext("title"): item.findtext("{http://purl.org/dc/terms/}available")
        for item in feed.iter("item")
    }
    assert days == {"A video": "2014-03-03", "Plain": None}
    assert all(item.findtext("pubDate") for item in feed.iter("item"))


def test_the_edit_form_shows_and_keeps_it(cast):
    video = cast.video()
    page, url = cast.page("owner"), f"/studio/videos/{video.pk}"
    form = {"title": "A video", "category": "other", "visibility": "public", FIELD: "2014-03-03"}
    assert page.post(url, form).status_code == 302
    shown = page.get(url).content.decode()
    assert f'name="{FIELD}" value="2014-03-03"' in shown
    refused = page.post(url, form | {FIELD: "1700-01-01"})
    assert refused.status_code == 400
    assert "Enter a date between 1800 and today." in refused.content.decode()
    assert 'value="1700-01-01"' in refused.content.decode()
    assert page.post(url, form | {FIELD: ""}).status_code == 302
    assert Video.objects.get(pk=video.pk).originally_published_on is None
