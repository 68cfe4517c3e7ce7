"""Finding videos: words, filters, order, suggestions, and that nothing hidden is found."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import profile
from streamsite import folding
from streamsite.mongo.collections import collection
from tests.support.commands import recorded_queries
from videos import services, tasks
from videos.access import ANONYMOUS
from videos.captions import services as caption_services
from videos.captions.webvtt import Cue
from videos.models import Video
from videos.playback import popularity
from videos.processing import cleanup
from videos.search import index, ordered_results, queries, query_text, rebuild, vocabulary_store
from videos.search import store as search_store
from videos.search.suggestions import suggest

URL = "/api/v1/videos"


def suggested(typed):
    return [entry["text"] for entry in suggest(ANONYMOUS, typed)["results"]]


def find(cast, who="anonymous", **params):
    answer = cast.api(who).get(URL, params)
    assert answer.status_code == 200, answer.content
    return [card["title"] for card in answer.json()["results"]]


def change(video, **data):
    return services.update(video, data)


def moments(cast, q):
    found = cast.api("anonymous").get(URL, {"q": q}).json()["results"]
    return {card["title"]: card["moment"] for card in found}


def test_what_is_said_is_found_with_its_second(database, cast):
    said = cast.video(title="A talk", duration=300.0)
    cast.video(title="Volcanoes")
    cues = [
        Cue(1.0, 3.0, "Good evening"),
        Cue(12.5, 15.0, "The Volcanoes of Iceland"),
        Cue(80.0, 82.0, "Iceland again"),
    ]
    caption_services.add_track(said, cues, language="en")
    assert moments(cast, "iceland volcanoes") == {
        "A talk": {"start": 12.5, "text": "The Volcanoes of Iceland"}
    }
    assert moments(cast, "volcanoes ") == {
        "Volcanoes": None,
        "A talk": {"start": 12.5, "text": "The Volcanoes of Iceland"},
    }
    assert moments(cast, '"iceland again"')["A talk"]["start"] == 80.0
    page = cast.page("anonymous").get("/search", {"q": "iceland volcanoes"}).content.decode()
    assert f"/watch/{said.pk}?t=12.5" in page
    assert "moment" not in cast.api("anonymous").get(URL).json()["results"][0]
    with recorded_queries() as commands:
        cast.api("anonymous").get(URL, {"q": "iceland volcanoes"})
    assert len(commands) <= 4, commands


@pytest.mark.parametrize(
    ("said", "q", "found"),
    [
        ("Вулканы Исландии", "исландии вулканы", "Вулканы Исландии"),
        ("L'Été, c'est l'été", "ete", "L'Été, c'est l'été"),
        ("Wi-Fi explained", "wifi", "Wi-Fi explained"),
        ("東京タワーです", "タワー", "東京タワーです"),
        ("The category", "gory", None),
    ],
)
def test_what_is_said_is_found_in_any_language(database, cast, said, q, found):
    video = cast.video(title=q)
    caption_services.add_track(video, [Cue(1.0, 2.0, "…"), Cue(5.0, 8.0, said)], language="en")
    assert moments(cast, q) == {q: found and {"start": 5.0, "text": found}}


def test_long_words_in_captions_are_no_fault(database, cast):
    for q in ("a" * 120, "é" * 119, "an " * 39, '"' + "aé" * 58 + '"'):
        title = q.strip().replace('"', "")
        caption_services.add_track(cast.video(title=title), [Cue(1.0, 2.0, "aaa")], language="en")
        assert title in find(cast, q=q)


@pytest.fixture
def library(database, cast):
    for title, more in {
        "Café racers of Lyon": {
            "description": "Motor bikes",
            "tags": ["motor", "lyon"],
            "category": "travel",
        },
        "Cat video": {"description": "A cat and a dog", "language": "en", "duration": 30.0},
        "Dog training": {"description": "No cats were trained", "duration": 600.0, "view_count": 900},
        "Making a video player": {"tags": ["code"], "duration": 3600.0, "language": "de"},
    }.items():
        cast.video(title=title, **more)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cat", {"Cat video", "Dog training"}),  # which has "cats" in its description
        ("cat ", {"Cat video", "Dog training"}),
        ("trai", {"Dog training"}),  # of "trained" in a description no beginnings are kept
        ("cat video", {"Cat video"}),
        ("video cat ", {"Cat video"}),
        ("CAFE", {"Café racers of Lyon"}),
        ("café", {"Café racers of Lyon"}),
        ('"video player"', {"Making a video player"}),
        ('"player video"', set()),
        ("video -cat ", {"Making a video player"}),
        ("vid", {"Cat video", "Making a video player"}),
        ("making vid", {"Making a video player"}),
        ("owner", {"Café racers of Lyon", "Cat video", "Dog training", "Making a video player"}),
        ("motor", {"Café racers of Lyon"}),
        ("unheard of", set()),
        ("-cat", set()),
        ('"', set()),
        ("$where {}", set()),
        ("😀", set()),
        ("x" * 10_000, set()),
        ("\x00", set()),
        ("‮cat‬ ", {"Cat video", "Dog training"}),
    ],
)
def test_words_phrases_and_what_must_not_be_there(library, cast, typed, found):
    assert set(find(cast, q=typed)) == found


def test_the_title_counts_most(library, cast):
    cast.video(title="Something else", description="all about a dog")
    assert find(cast, q="dog ")[0] == "Dog training"


def test_equally_good_ones_are_ordered_by_views(database, cast):
    cast.video(title="Same words", view_count=5)
    second = cast.video(title="Same words", view_count=5_000)
    index.refresh_document(second.pk)
    answer = cast.api("anonymous").get(f"{URL}?q=same+words+").json()["results"]
    assert answer[0]["id"] == second.pk


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"tag": "code"}, ["Making a video player"]),
        ({"tag": "#CODE"}, ["Making a video player"]),
        ({"category": "travel"}, ["Café racers of Lyon"]),
        ({"language": "de"}, ["Making a video player"]),
        ({"duration": "short"}, ["Cat video", "Café racers of Lyon"]),
        ({"duration": "medium"}, ["Dog training"]),
        ({"duration": "long"}, ["Making a video player"]),
        ({"uploaded": "hour"}, ["Making a video player", "Dog training", "Cat video", "Café racers of Lyon"]),
        ({"sort": "oldest"}, ["Café racers of Lyon", "Cat video", "Dog training", "Making a video player"]),
        ({"captions": "1"}, []),
        ({"channel": "nobody-there"}, []),
        ({"sort": "views", "duration": "medium"}, ["Dog training"]),
    ],
)
def test_filters_work_alone_and_with_words(library, cast, params, found):
    assert find(cast, **params) == found
    with_words = find(cast, q="owner ", **params)
    assert set(with_words) == set(found)
    if "sort" in params:
        assert with_words == found


@pytest.mark.parametrize("query", ["duration=tiny", "uploaded=ever", "sort=price", "category=x"])
def test_unknown_choices_are_refused(database, cast, query):
    answer = cast.api("anonymous").get(f"{URL}?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [query.split("=")[0]])


def test_what_is_said_is_found_and_asked_for(library, cast):
    video = Video.objects.get(title="Cat video")
    track = caption_services.add_track(video, [Cue(0.0, 1.0, "Purring loudly")], language="en")
    assert find(cast, q="purring ") == ["Cat video"]
    assert find(cast, captions="1") == ["Cat video"]
    caption_services.delete_track(track)
    assert find(cast, q="purring ") == []
    assert find(cast, captions="1") == []


def test_what_is_hidden_or_gone_is_not_found(library, cast):
    hidden, gone = Video.objects.get(title="Cat video"), Video.objects.get(title="Dog training")
    change(hidden, visibility="private")
    services.delete(gone)
    assert find(cast, q="cat ") == []
    assert find(cast, q="dog ") == []
    assert suggested("dog") == []
    change(Video.objects.get(pk=hidden.pk), visibility="public", title="Feline")
    assert find(cast, q="felin") == ["Feline"]
    assert find(cast, q="cat ") == ["Feline"]  # by its description


def test_a_renamed_channel_is_found_by_its_new_name(library, cast):
    profile.update(cast.owner, {"full_name": "Wonderful Pictures"})
    tasks.follow_name.func(cast.owner.pk)
    assert len(find(cast, q="wonderful pic")) == 4


def test_search_pages_cover_everything_once(database, cast):
    made = {cast.video(title=f"Walk number {number}").title for number in range(7)}
    found, url = [], f"{URL}?q=walk&page_size=3"
    while url:
        page = cast.api("anonymous").get(url).json()
        found += [card["title"] for card in page["results"]]
        url, previous = page["next"], page["previous"]
    assert (len(found), set(found)) == (7, made)
    assert len(cast.api("anonymous").get(previous).json()["results"]) == 3


def test_suggestions_have_all_words_and_the_last_may_be_a_beginning(library, cast):
    cast.video(title="Cat video", view_count=50)  # the same title is offered once
    assert suggested("vi") == ["Cat video", "Making a video player"]
    assert suggested("video ma") == ["Making a video player"]
    nothing = {"results": [], "channels": [], "playlists": []}
    with recorded_queries() as commands:
        assert suggest(ANONYMOUS, "") == suggest(ANONYMOUS, "   ") == suggest(ANONYMOUS, "$") == nothing
    assert commands == []


@pytest.mark.usefixtures("uncached_rows")
def test_search_costs_few_commands_whatever_the_page(library, cast):
    api = cast.api("anonymous")
    find(cast, q="languages are asked once")
    for size in (1, 100):
        with recorded_queries() as commands:
            api.get(f"{URL}?q=vid&page_size={size}")
        assert commands == ["aggregate search_video", "find videos_video", "find accounts_user"]


def test_what_search_forgot_is_swept_up(library, cast):
    collection(search_store.SEARCH_VIDEOS).delete_many({})
    assert find(cast, q="video cat ") == []
    found = cleanup.sweep(task_path="videos.tasks.process_video", enqueue=print, place=print).found
    assert found["search_documents"] == 4
    assert find(cast, q="video cat ") == ["Cat video"]
    collection(search_store.SEARCH_VIDEOS).insert_one({"_id": "not-a-video", "title": "cat"})
    assert rebuild.rebuild_index() == 4
    assert collection(search_store.SEARCH_VIDEOS).count_documents({}) == 4


def test_trending_is_what_is_watched_of_late(library, cast):
    for title, value in {"Cat video": 5.0, "Dog training": 7.0}.items():
        Video.objects.filter(title=title).update(trend=value)
    results = cast.api("anonymous").get("/api/v1/trending").json()["results"]
    assert [card["title"] for card in results[:2]] == ["Dog training", "Cat video"]
    assert results[0]["reason"] == "New"


def test_a_view_loses_half_its_weight_in_two_days():
    now = popularity.EPOCH + 300 * popularity.HALF_LIFE
    old = popularity.decayed_score(0.0, 8, now)
    assert popularity.decayed_score(0.0, 4, now + popularity.HALF_LIFE) == pytest.approx(old)
    assert (
        popularity.decayed_score(0.0, 3, now + popularity.HALF_LIFE)
        < old
        < popularity.decayed_score(0.0, 5, now + popularity.HALF_LIFE)
    )
    assert popularity.decayed_score(popularity.decayed_score(0.0, 4, now), 4, now) == pytest.approx(old)
    assert popularity.decayed_score(old, 0, now) == old


def test_related_videos_say_why(library, cast):
    video = Video.objects.get(title="Cat video")
    other = cast.user("another")
    cast.video(owner=other, title="A video about cats", category="film")
    cast.video(owner=other, title="Unlike anything", category="other")
    results = cast.api("anonymous").get(f"{URL}/{video.pk}/related").json()["results"]
    reasons = {card["title"]: card["reason"] for card in results}
    assert reasons["Dog training"] == "More from owner"
    assert reasons["A video about cats"] == "On a similar topic"
    assert reasons["Unlike anything"] == "New in Other"
    assert "Cat video" not in reasons


def terms(*typed):
    return tuple(term for word in typed for term in folding.query_terms(word))


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (
            'one "two three" -four fi',
            query_text.Query(terms("one", "fi"), (("two", "three"),), (("four",),), "fi"),
        ),
        ("done ", query_text.Query(terms("done"))),
        ("done.", query_text.Query(terms("done"))),
        ("", query_text.Query()),
        ('-"a b" c', query_text.Query(terms("c"), (), (("a", "b"),), "c")),
        ("a a a", query_text.Query(terms("a"), (), (), "a")),
        ("10 000 steps ", query_text.Query(terms("10,000", "steps"))),
    ],
)
def test_reading_a_query(typed, query):
    assert query_text.parse_query(typed) == query


def test_a_typing_error_is_corrected_and_said(database, cast):
    """Against words of listed videos only, and never where something has what was typed."""
    cast.video(title="The lighthouse keeper")
    cast.video(title="Lighthause techno")
    api = cast.api("anonymous")

    def asked(q, **more):
        body = api.get(URL, {"q": q, **more}).json()
        return [card["title"] for card in body["results"]], body["corrected"], body["matched"]

    assert asked("lighthouse") == (["The lighthouse keeper"], None, "all")
    assert asked("lighthause") == (["Lighthause techno"], None, "all")
    assert asked("Keper") == (["The lighthouse keeper"], "keeper", "all")
    assert asked("lihgthouse keeper") == (["The lighthouse keeper"], "lighthouse keeper", "all")
    assert asked("light house") == (["The lighthouse keeper"], "lighthouse", "all")
    assert asked("keper", sort="newest") == (["The lighthouse keeper"], "keeper", "all")
    assert asked("keper", exact="1") == ([], None, "all")
    assert asked('"keper"') == ([], None, "all")
    assert asked("lighthouse keeper biography") == (["The lighthouse keeper"], None, "most")
    assert asked("lighthouse biography") == ([], None, "all")
    body = api.get(URL).json()
    assert not {"corrected", "matched"} & set(body)
    hidden = Video.objects.get(title="The lighthouse keeper")
    change(hidden, visibility="private")
    assert asked("keper") == ([], None, "all")
    change(hidden, visibility="public", title="The doorkeeper")
    assert asked("keper") == ([], None, "all")
    assert asked("doorkeper") == (["The doorkeeper"], "doorkeeper", "all")


def counts():
    return {
        row["_id"]: row["count"] for row in collection(vocabulary_store.SEARCH_TERMS).find() if row["count"]
    }


def test_a_hidden_video_leaves_no_words(database, cast):
    video = cast.video(title="Confidential merger")
    assert queries.find_videos("mergar", {}).corrected == "merger"
    services.update(video, {"visibility": "private"})
    assert (
        collection(vocabulary_store.SEARCH_TERMS).count_documents(
            {"_id": {"$in": ["confidential", "merger"]}}
        )
        == 0
    )


def test_a_word_that_was_counted_wrongly_is_not_told(database, cast):
    """As a process that was killed leaves it: no video has the word any more."""
    cast.video(title="Alpha beta gamma")
    vocabulary_store.update_counts(set(), {"confidential"})
    found = queries.find_videos("alpha beta confidentail", {})
    assert (len(found.ids), found.is_partial, found.corrected) == (1, True, "")


def test_the_vocabulary_follows_titles_and_can_be_counted_again(database, cast):
    first = cast.video(title="Harbour lights", tags=["harbour"])
    cast.video(title="Harbour sounds", language="fr")
    expected = {"harbour": 2, "lights": 1, "sounds": 1, "owner": 2, "=en": 1, "=fr": 1}
    assert counts() == expected
    index.refresh_document(first.pk)
    assert counts() == expected
    change(first, title="Harbour bells")
    expected |= {"bells": 1}
    del expected["lights"]
    assert counts() == expected
    collection(vocabulary_store.SEARCH_TERMS).update_one({"_id": "bells"}, {"$set": {"count": 9}})
    collection(vocabulary_store.SEARCH_TERMS).insert_one({"_id": "ghost", "count": 3, "near": ["ghost"]})
    assert rebuild.rebuild_index() == 2
    assert counts() == expected
    services.delete(first)
    assert counts() == {"harbour": 1, "sounds": 1, "owner": 1, "=fr": 1}


@pytest.fixture
def very_many(database, cast, monkeypatch):
    """Twenty of a word, more than are read whole; the least viewed are the newest."""
    monkeypatch.setattr(ordered_results, "MAX_IN_MEMORY", 5)
    monkeypatch.setattr(ordered_results, "WALK_STEPS", (3, 30))
    monkeypatch.setattr(queries, "MAX_MATCHES", 5)
    begun = timezone.now() - timedelta(days=30)
    videos = [
        cast.unsaved_video(
            title=f"Number {number}" if number % 3 else f"Walk {number}",
            published_at=begun + timedelta(hours=number),
            view_count=1_000 - number,
            like_count=number * 7 % 60,
        )
        for number in range(60)
    ]
    Video.objects.bulk_create(videos)
    rebuild.rebuild_index()
    return [video for video in videos if video.title.startswith("Walk")]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("newest", lambda video: -video.published_at.timestamp()),
        ("oldest", lambda video: video.published_at.timestamp()),
        ("views", lambda video: -video.view_count),
        ("likes", lambda video: -video.like_count),
    ],
)
def test_an_order_is_that_of_all_matches_on_every_page(very_many, cast, sort, key):
    expected = [video.title for video in sorted(very_many, key=key)]
    found, url = [], f"{URL}?q=walk&sort={sort}&page_size=6"
    while url:
        page = cast.api("anonymous").get(url).json()
        found += [card["title"] for card in page["results"]]
        url, previous = page["next"], page["previous"]
    assert found == expected
    before = cast.api("anonymous").get(previous).json()["results"]
    assert [card["title"] for card in before] == expected[12:18]


def test_what_arrives_meanwhile_repeats_and_skips_nothing(very_many, cast):
    api = cast.api("anonymous")
    first = api.get(f"{URL}?q=walk&sort=newest&page_size=6").json()
    cast.video(title="Walk, just now")
    rest = api.get(f"{first['next']}").json()
    expected = sorted(very_many, key=lambda video: video.published_at, reverse=True)
    assert [card["id"] for card in rest["results"]] == [video.pk for video in expected[6:12]]


def test_what_search_knew_before_an_update_is_found_and_made_anew(library, cast):
    known = collection(search_store.SEARCH_VIDEOS)
    assert not index.has_outdated_documents()
    known.update_many(
        {}, {"$unset": dict.fromkeys(("shape", "title_words", "names", "names_line", "words", "line"), "")}
    )
    assert index.has_outdated_documents()
    assert set(find(cast, q="vid")) == {"Cat video", "Making a video player"}
    for query in ("video ", '"video player"', "video -cat "):
        find(cast, q=query)
    call_command("prepare", "--no-demo")
    assert tasks.rebuild_search.func() == 4
    assert set(find(cast, q="video ")) == {"Cat video", "Making a video player"}


def test_a_query_is_bounded_in_what_multiplies_the_plans_of_the_database():
    """A dozen of either took ten seconds among 4,000 videos."""
    joined = query_text.parse_query(" ".join(f"aa{one}-bb{one}" for one in range(12)))
    conditions = queries._conditions(joined, "names")
    assert len(conditions) == 12
    assert not any("$or" in one for one in conditions)
    phrased = query_text.parse_query(
        "one two three four five six seven eight " + '"a b c" "d e" "f g" "h i" "j"'
    )
    assert (len(phrased.phrases), len(phrased.terms)) == (4, 6)
    assert len(query_text.parse_query('"a" "b" "c" "d" "e"').phrases) == 5
    assert len(query_text.parse_query("x -a -b -c -d -e").excluded) == 5
