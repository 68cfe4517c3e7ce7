"""Finding videos: words, filters, order, suggestions, and that nothing hidden is found."""

import pytest
from django.core.management import call_command

from accounts import profile
from streamsite import folding
from streamsite.mongo.collections import collection
from streamsite.testing.commands import recorded
from videos import captions, services, sweeper, tasks
from videos.access import NOBODY
from videos.library import documents, words
from videos.library.suggest import suggest
from videos.models import Video
from videos.playback import trend
from videos.webvtt import Cue

URL = "/api/v1/videos"


def suggested(typed):
    return [entry["text"] for entry in suggest(NOBODY, typed)["results"]]


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
    captions.add(said, cues, language="en")
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
    with recorded() as commands:
        cast.api("anonymous").get(URL, {"q": "iceland volcanoes"})
    assert len(commands) <= 4, commands


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
        ("cat", {"Cat video"}),  # "cats" is in a description, of which no beginnings are kept
        ("cat ", {"Cat video"}),
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
        ("‮cat‬ ", {"Cat video"}),
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
    documents.refresh(second.pk)
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
    track = captions.add(video, [Cue(0.0, 1.0, "Purring loudly")], language="en")
    assert find(cast, q="purring ") == ["Cat video"]
    assert find(cast, captions="1") == ["Cat video"]
    captions.remove(track)
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
    with recorded() as commands:
        assert suggest(NOBODY, "") == suggest(NOBODY, "   ") == suggest(NOBODY, "$") == nothing
    assert commands == []


def test_search_costs_few_commands_whatever_the_page(library, cast):
    api = cast.api("anonymous")
    for size in (1, 100):
        with recorded() as commands:
            api.get(f"{URL}?q=vid&page_size={size}")
        assert commands == ["aggregate search_video", "aggregate videos_video"]


def test_what_search_forgot_is_swept_up(library, cast):
    collection(documents.DOCUMENTS).delete_many({})
    assert find(cast, q="cat ") == []
    found = sweeper.sweep(task_path="videos.tasks.process_video", enqueue=print, place=print).found
    assert found["search_documents"] == 4
    assert find(cast, q="cat ") == ["Cat video"]
    collection(documents.DOCUMENTS).insert_one({"_id": "not-a-video", "title": "cat"})
    assert documents.rebuild() == 4
    assert collection(documents.DOCUMENTS).count_documents({}) == 4


def test_trending_is_what_is_watched_of_late(library, cast):
    for title, value in {"Cat video": 5.0, "Dog training": 7.0}.items():
        Video.objects.filter(title=title).update(trend=value)
    results = cast.api("anonymous").get("/api/v1/trending").json()["results"]
    assert [card["title"] for card in results[:2]] == ["Dog training", "Cat video"]
    assert results[0]["reason"] == "New"


def test_a_view_loses_half_its_weight_in_two_days():
    now = trend.EPOCH + 300 * trend.HALF_LIFE
    old = trend.after(0.0, 8, now)
    assert trend.after(0.0, 4, now + trend.HALF_LIFE) == pytest.approx(old)
    assert trend.after(0.0, 3, now + trend.HALF_LIFE) < old < trend.after(0.0, 5, now + trend.HALF_LIFE)
    assert trend.after(trend.after(0.0, 4, now), 4, now) == pytest.approx(old)
    assert trend.after(old, 0, now) == old


def test_related_videos_say_why(library, cast):
    video = Video.objects.get(title="Cat video")
    other = cast.user("another")
    cast.video(owner=other, title="A video about cats", category="film")
    cast.video(owner=other, title="Unlike anything", category="other")
    results = cast.api("anonymous").get(f"{URL}/{video.pk}/related").json()["results"]
    reasons = {card["title"]: card["reason"] for card in results}
    assert reasons["Dog training"] == "More from owner"
    assert reasons["A video about cats"] == "On a similar subject"
    assert reasons["Unlike anything"] == "New in Other"
    assert "Cat video" not in reasons


def terms(*typed):
    return tuple(term for word in typed for term in folding.terms(word))


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (
            'one "two three" -four fi',
            words.Query(terms("one", "fi"), (("two", "three"),), (("four",),), "fi"),
        ),
        ("done ", words.Query(terms("done"))),
        ("done.", words.Query(terms("done"))),
        ("", words.Query()),
        ('-"a b" c', words.Query(terms("c"), (), (("a", "b"),), "c")),
        ("a a a", words.Query(terms("a"), (), (), "a")),
        ("10 000 steps ", words.Query(terms("10,000", "steps"))),
    ],
)
def test_reading_a_query(typed, query):
    assert words.read(typed) == query


def test_what_search_knew_before_an_update_is_found_and_made_anew(library, cast):
    known = collection(documents.DOCUMENTS)
    assert not documents.is_outdated()
    known.update_many({}, {"$unset": dict.fromkeys(("shape", "title_words", "names", "words"), "")})
    assert documents.is_outdated()
    assert set(find(cast, q="vid")) == {"Cat video", "Making a video player"}
    for query in ("video ", '"video player"', "video -cat "):
        find(cast, q=query)
    call_command("prepare", "--no-demo")
    assert tasks.rebuild_search.func() == 4
    assert set(find(cast, q="video ")) == {"Cat video", "Making a video player"}
