"""Pages of categories and tags, and the chips that lead to them."""

from datetime import timedelta

import pytest

from accounts import profile
from videos import categories, hashtags, tags, video_store
from videos.models import Video


def titles(cast, path, who="anonymous"):
    answer = cast.page(who).get(path)
    assert answer.status_code == 200, path
    return [card["title"] for card in answer.context["page"]["results"]]


@pytest.fixture
def library(cast):
    cast.video(title="Song", category="music", tags=["Café Nights", "live"], view_count=3)
    cast.video(title="Other song", category="music", tags=["live"], view_count=9)
    cast.video(title="Goal", category="sports", tags=["c++/cli"])
    cast.video(title="Hidden song", category="music", tags=["live"], visibility="private")


def test_a_category_lists_its_public_videos_newest_first(library, cast):
    assert titles(cast, "/category/music") == ["Other song", "Song"]
    assert titles(cast, "/category/music", "owner") == ["Other song", "Song"]
    assert titles(cast, "/category/music?sort=views&q=zebra&tag=nothing") == ["Other song", "Song"]
    assert cast.page("anonymous").get("/category/zebra").status_code == 404
    assert cast.page("anonymous").get("/category/music?sort=zebra").status_code == 400


def test_a_tag_is_found_by_every_spelling(library, cast):
    for path in ("/tag/caf%C3%A9%20nights", "/tag/CAFE%20NIGHTS", "/tag/%23cafe%20nights"):
        assert titles(cast, path) == ["Song"], path
    assert titles(cast, "/tag/live?sort=views") == ["Other song", "Song"]
    assert titles(cast, "/tag/c++/cli") == ["Goal"]
    for path in ("/tag/%23", f"/tag/{'x' * 41}", "/tag/%00"):
        assert cast.page("anonymous").get(path).status_code == 404, path
    assert cast.page("anonymous").get("/tag/live/").status_code == 301


def test_a_list_says_how_many_there_are_and_what_it_is(library, cast):
    page = cast.page("anonymous").get("/category/music").content.decode()
    assert ">Music</bdi></h1>" in page
    assert "<p>2 videos</p>" in page
    assert '<link rel="canonical" href="http://localhost:8000/category/music">' in page
    assert '<meta property="og:title" content="Music">' in page
    tag = cast.page("anonymous").get("/tag/Caf%C3%A9%20Nights").content.decode()
    assert '/tag/cafe%20nights">' in tag.partition('rel="canonical"')[2][:120]


def test_an_empty_list_is_not_indexed(library, cast):
    for path in ("/category/travel", "/tag/nothing"):
        page = cast.page("anonymous").get(path).content.decode()
        assert '<meta name="robots" content="noindex">' in page
        assert "No videos here yet" in page


def test_many_are_counted_up_to_a_number(library, cast, monkeypatch):
    monkeypatch.setattr("videos.views.browse.MAX_COUNTED", 1)
    assert "More than 1 videos" not in (page := cast.page("anonymous").get("/tag/live").content.decode())
    assert "More than 1 video" in page


def test_the_chips_are_the_categories_with_videos(library, cast):
    chips = cast.page("anonymous").get("/").context["category_chips"]
    assert [(chip.url, chip.is_current) for chip in chips] == [
        ("/", True), ("/category/music", False), ("/category/sports", False),
    ]  # fmt: skip
    chips = cast.page("anonymous").get("/category/travel").context["category_chips"]
    assert [chip.url for chip in chips if chip.is_current] == ["/category/travel"]
    Video.objects.update(listed=False)
    categories.used_categories.clear()
    assert cast.page("anonymous").get("/").context["category_chips"] == []


def test_a_viewer_who_hides_sensitive_videos_does_not_count_them(library, cast):
    cast.video(title="Loud", category="music", is_sensitive=True)
    Video.objects.filter(title="Loud").update(shown_as_sensitive=True)
    assert cast.page("member").get("/category/music").context["total"] == 3
    profile.update_preferences(cast.member, {"sensitive_content": "hide"})
    answer = cast.page("member").get("/category/music")
    assert (answer.context["total"], len(answer.context["page"]["results"])) == (2, 2)


def test_hashtags_in_title_and_description_are_tags_and_links(cast):
    video = cast.video(
        title="Evening #Sunset2026",
        description="By the sea #café, #1 place https://x.org/#part #हिन्दी.",
        tags=["sea"],
    )
    assert video.tag_keys == ["sea", "sunset2026", "cafe", *tags.tag_keys(["हिन्दी"])]
    assert titles(cast, "/tag/CAFE") == ["Evening #Sunset2026"]
    page = cast.page("anonymous").get(f"/watch/{video.pk}").content.decode()
    assert '<h1 dir="auto">Evening <a href="/tag/Sunset2026"><bdi>#Sunset2026</bdi></a></h1>' in page
    assert '<a href="/tag/caf%C3%A9"><bdi>#café</bdi></a>' in page
    assert "#1 place" in page
    assert 'href="https://x.org/#part"' in page
    assert 'href="/category/other">Other</a>' in page
    assert 'href="/tag/sea">' in page
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"description": "#other"}, format="json")
    assert titles(cast, "/tag/cafe") == []
    assert titles(cast, "/tag/other") == ["Evening #Sunset2026"]
    assert list(video_store.iter_stale_tag_keys()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#one #One, #two!", ["one", "One", "two"]),
        ("a#b &#39; /#c ##d #", []),
        ("#2026 #1st #x_y", ["1st", "x_y"]),
        (f"#{'a' * 40} #{'b' * 41}", ["a" * 40]),
        ("＃no #日本、#東京", ["日本", "東京"]),
    ],
)
def test_what_a_hashtag_is(text, found):
    assert hashtags.find_hashtags(text) == found


def test_history_is_grouped_by_day(cast):
    from django.utils import timezone

    from videos.models import Watch
    from videos.playback import history

    moments = [timezone.now() - timedelta(days=days) for days in (0, 0, 1, 9)]
    for number, moment in enumerate(moments):
        video = cast.video(title=f"Video {number}", duration=100.0)
        history.record_position(cast.member, video, 40.0)
        Watch.objects.filter(video=video).update(watched_at=moment)
    entries = cast.page("member").get("/history").context["page"]["results"]
    shown = [entry.get("new_day") for entry in entries]
    assert shown[:3] == ["Today", None, "Yesterday"]
    assert shown[3] not in {None, "Today", "Yesterday"}
    searched = cast.page("member").get("/history?q=Video+2").content.decode()
    assert searched.count('class="entry day-head"') == 1
