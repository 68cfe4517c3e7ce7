"""Phrases: what stands together is found, by pairs of words or without them, and nothing else."""

from itertools import pairwise

import pytest

from streamsite import folding
from streamsite.mongo.collections import collection
from tests.support.commands import recorded_queries
from videos.captions import services as caption_services
from videos.captions.webvtt import Cue
from videos.models import Video
from videos.search import index, ordered_results, phrase_pairs, queries, query_text, rebuild, store
from videos.tests.library import test_corpus

URL = "/api/v1/videos"
TITLES = {
    "The old man and the sea": "A book about a man, the sea, and a fish",
    "The sea and the old man": "Read aloud",
    "Row, row, row your boat": "Row your own",
    "Ça va très bien": "À la recherche du temps perdu",
    "東京都の夜景 4K": "夜の東京 タワー",
    "京都の秋 旅行": "",
    "كيف تتعلم العربية": "دروس في اللغة العربية",
    "C++ in ten minutes": "Wi-Fi, then 10 000 steps",
    "To be or not to be": "Hamlet",
    "Nothing": "The old sea. Man and boat",
}


@pytest.fixture
def library(database, cast):
    return {
        title: cast.video(title=title, description=description, tags=["harbor boat"])
        for title, description in TITLES.items()
    }


@pytest.fixture(params=["pairs", "words"])
def plan(request, monkeypatch):
    """Look phrases up by pairs of words, or as before the first rebuild by their words."""
    if request.param == "words":
        monkeypatch.setattr(phrase_pairs, "MAX_WITHOUT_PAIRS", -1)
    return request.param


def found(typed, **filters):
    ids = queries.find_videos(typed, filters, is_exact=True).ids
    assert len(ids) == len(set(ids))
    unordered = ordered_results.find_unordered(typed, filters, is_exact=True).ids
    assert set(unordered) == set(ids)
    titles = dict(Video.objects.values_list("pk", "title"))
    return {titles[one] for one in ids}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('"old man"', {"The old man and the sea", "The sea and the old man"}),
        ('"the old man and"', {"The old man and the sea"}),
        ('"THE SEA, and"', {"The old man and the sea", "The sea and the old man"}),
        ('"man and the"', {"The old man and the sea"}),
        ('"man the"', {"The old man and the sea"}),  # in its description
        ('"old man" fish', {"The old man and the sea"}),
        ('"old man" -fish ', {"The sea and the old man"}),
        ('"the sea" -"the old man and"', {"The sea and the old man"}),
        ('"old man" "the sea"', {"The old man and the sea", "The sea and the old man"}),
        ('"old man" "the sea" "a fish"', {"The old man and the sea"}),
        ('"old sea"', {"Nothing"}),
        ('"sea man"', {"Nothing"}),  # punctuation does not part words
        ('"sea"', {"The old man and the sea", "The sea and the old man", "Nothing"}),
        ('"man and boat"', {"Nothing"}),
        ('"row row"', {"Row, row, row your boat"}),
        ('"row row row"', {"Row, row, row your boat"}),
        ('"row row row row"', set()),
        ('"row your"', {"Row, row, row your boat"}),
        ('"to be or not to be"', {"To be or not to be"}),
        ('"be to"', set()),
        ('"ca va tres"', {"Ça va très bien"}),
        ('"temps perdu"', {"Ça va très bien"}),
        ('"perdu temps"', set()),
        ('"東京"', {"東京都の夜景 4K"}),
        ('"京都の秋 旅行"', {"京都の秋 旅行"}),
        ('"の秋 旅行"', {"京都の秋 旅行"}),  # the first word may begin within a longer one
        ('"の秋 旅"', {"京都の秋 旅行"}),
        ('"夜景 4K"', {"東京都の夜景 4K"}),
        ('"4K 夜景"', set()),
        ('"تتعلم العربية"', {"كيف تتعلم العربية"}),
        ('"اللغة العربيه"', {"كيف تتعلم العربية"}),
        ('"العربية تتعلم"', set()),
        ('"harbor boat"', set(TITLES)),
        ('"sea harbor"', set()),  # title and tag are not one text
        ('"ten minutes"', {"C++ in ten minutes"}),
        ('"wi-fi then"', {"C++ in ten minutes"}),
        ('"then 10,000 steps"', {"C++ in ten minutes"}),
        ('""', set()),
        ('"-"', set()),
        ('"😀 😀"', set()),
        ('"a.* b|c"', set()),
        ('"old man', {"The old man and the sea", "The sea and the old man"}),
    ],
)
def test_a_phrase_finds_what_stands_together(library, plan, typed, expected):
    assert found(typed) == expected


def test_both_plans_find_the_same_phrases_of_many_languages(database, cast, monkeypatch):
    titles = list(dict.fromkeys(title for _, title, *_ in test_corpus.rows()))[::3]
    videos = [cast.unsaved_video(title=title, description=title[::-1]) for title in titles]
    Video.objects.bulk_create(videos)
    rebuild.rebuild_index()
    phrases = [
        f'"{" ".join(title.split()[start:][: 2 + start % 2])}"' for title in titles for start in (0, 1)
    ]
    by_pairs = {phrase: found(phrase) for phrase in phrases}
    monkeypatch.setattr(phrase_pairs, "MAX_WITHOUT_PAIRS", -1)
    phrase_pairs.are_indexed.clear()
    assert {phrase: found(phrase) for phrase in phrases} == by_pairs
    assert sum(map(bool, by_pairs.values())) > len(phrases) * 0.9


def test_what_is_said_is_found_as_a_phrase(library, plan):
    video = library["Nothing"]
    caption_services.add_track(video, [Cue(0.0, 1.0, "Call me"), Cue(1.0, 2.0, "Ishmael now")], language="en")
    assert found('"me ishmael"') == {"Nothing"}
    assert found('"ishmael me"') == set()


def test_phrases_take_filters_orders_and_pages(library, cast, plan):
    Video.objects.filter(title="The sea and the old man").update(view_count=70, category="film")
    rebuild.rebuild_index()
    assert found('"old man"', category="film") == {"The sea and the old man"}
    api = cast.api("anonymous")
    for sort in ("views", "newest", "oldest", "likes", ""):
        asked = (
            {"q": '"harbor boat"', "sort": sort, "page_size": 3}
            if sort
            else {"q": '"harbor boat"', "page_size": 3}
        )
        page = api.get(URL, asked).json()
        titles = [card["title"] for card in page["results"]]
        while page["next"]:
            page = api.get(page["next"]).json()
            titles += [card["title"] for card in page["results"]]
        assert sorted(titles) == sorted(TITLES)
        if sort == "oldest":
            assert titles == list(TITLES)
    assert (
        api.get(URL, {"q": '"old man"', "sort": "views"}).json()["results"][0]["title"].startswith("The sea")
    )


def test_very_many_with_a_phrase_are_read_in_order(library, cast, plan, monkeypatch):
    monkeypatch.setattr(ordered_results, "MAX_IN_MEMORY", 3)
    for sort in ("newest", "views"):
        asked = {"q": '"harbor boat"', "sort": sort, "page_size": 4}
        titles = [card["title"] for card in cast.api("anonymous").get(URL, asked).json()["results"]]
        assert len(titles) == 4
        assert sort != "newest" or titles == list(TITLES)[::-1][:4]


def test_documents_of_the_previous_release_are_found(library):
    """It writes documents without pairs while both run, and all are so until the first rebuild."""
    known = collection(store.SEARCH_VIDEOS)
    for title in ("The old man and the sea", "Nothing"):
        known.update_one({"_id": library[title].pk}, {"$unset": {"pairs": ""}, "$set": {"shape": 4}})
    assert found('"old man"') == {"The old man and the sea", "The sea and the old man"}
    assert found('"man and boat"') == {"Nothing"}
    assert set(index.iter_outdated_ids()) == {library["The old man and the sea"].pk, library["Nothing"].pk}


def test_words_are_looked_up_until_the_documents_have_pairs(library, monkeypatch):
    monkeypatch.setattr(phrase_pairs, "MAX_WITHOUT_PAIRS", 5)
    collection(store.SEARCH_VIDEOS).update_many({}, {"$unset": {"pairs": ""}, "$set": {"shape": 4}})
    assert not phrase_pairs.are_indexed()
    assert index.has_outdated_documents()
    assert "pairs" not in str(queries._conditions(query_text.parse_query('"old man"'), "names"))
    assert found('"old man"') == {"The old man and the sea", "The sea and the old man"}
    rebuild.rebuild_index()
    assert "pairs" in str(queries._conditions(query_text.parse_query('"old man"'), "names"))
    assert found('"old man"') == {"The old man and the sea", "The sea and the old man"}


def test_the_pairs_of_a_document_are_those_of_its_texts():
    pairs = phrase_pairs.document_pairs(
        folding.phrase_text("One two", "three"), folding.phrase_text("four five")
    )
    assert set(pairs) == {
        *phrase_pairs.phrase_keys(["one", "two"], "names"),
        *phrase_pairs.phrase_keys(["one", "two"], "words"),
        *phrase_pairs.phrase_keys(["four", "five"], "words"),
    }
    assert all(-(2**31) <= pair < 2**31 for pair in pairs)
    assert phrase_pairs.document_pairs("", "") == [phrase_pairs.NO_PAIR]
    assert phrase_pairs.phrase_keys(["one"], "names") == []
    assert phrase_pairs.phrase_keys(["夜景", "4k"], "names") == []
    assert len(phrase_pairs.phrase_keys(["夜景", "4k", "hd"], "names")) == 1
    assert len(phrase_pairs.phrase_keys(["row"] * 5, "names")) == 1


def documents_read(stages):
    """Return how many documents MongoDB fetched for a pipeline, its unions included."""
    command = {"aggregate": store.SEARCH_VIDEOS, "pipeline": stages, "cursor": {}}
    told = collection(store.SEARCH_VIDEOS).database.command("explain", command, verbosity="executionStats")

    def walk(part):
        if isinstance(part, dict):
            own = part.get("totalDocsExamined", 0)
            return own + sum(walk(value) for name, value in part.items() if name != "allPlansExecution")
        return sum(map(walk, part)) if isinstance(part, list) else 0

    return walk(told)


def test_a_phrase_of_frequent_words_reads_what_it_finds(database, cast):
    videos = [cast.unsaved_video(title=f"alpha {number} beta") for number in range(150)]
    videos += [cast.unsaved_video(title=f"the alpha beta {number}") for number in range(3)]
    Video.objects.bulk_create(videos)
    rebuild.rebuild_index()
    query = query_text.parse_query('"alpha beta"')
    assert len(queries.best_matches([query], {})) == 3
    assert documents_read(queries._best_first_stages(query, {})) <= 12
    api = cast.api("anonymous")
    api.get(URL, {"q": '"languages are asked once"'})
    with recorded_queries() as commands:
        api.get(URL, {"q": '"alpha beta"'})
    assert commands == ["aggregate search_video", "find videos_video", "find accounts_user"]


def test_worse_matches_are_read_as_far_as_there_is_room(database, cast, monkeypatch):
    """And none is read twice: in the title, then as a beginning, then elsewhere."""
    monkeypatch.setattr(queries, "MAX_MATCHES", 5)
    for number in range(4):
        cast.video(title=f"Lamp {number}", description="A lamp", view_count=number)
    for number in range(3):
        cast.video(title=f"Lampshade {number}", description="With a lamp")
    elsewhere = cast.video(title="Dark", description="Bring a lamp")
    index.refresh_document(elsewhere.pk)

    def asked(typed):
        titles = dict(Video.objects.values_list("pk", "title"))
        return [titles[one] for one in queries.find_videos(typed, {}).ids]

    assert {title[:5] for title in asked("lamp ")[:4]} == {"Lamp "}
    assert len(asked("lamp ")) == len(set(asked("lamp "))) == 5
    assert [title.split()[0] for title in asked("lamp")] == ["Lamp"] * 4 + ["Lampshade"]
    cast.video(title="Lamp 4")
    query = query_text.parse_query("lamp")
    assert {title[:5] for title in asked("lamp")} == {"Lamp "}
    assert documents_read(queries._best_first_stages(query, {})) == 5
    monkeypatch.setattr(queries, "MAX_MATCHES", 50)
    assert asked("lamp")[-1] == "Dark"
    assert len(asked("lamp")) == len(set(asked("lamp"))) == 9


@pytest.mark.parametrize("typed", ["lamp a", "a lamp", '"a lamp" dar', "lamp -shade a", "lamps shad"])
def test_several_words_with_an_unfinished_one_find_all_once(database, cast, typed):
    for first, second in pairwise(["a lamp", "dark lamp", "shade lamps", "lamp a", "a lamp dark"]):
        cast.video(title=first, description=second, tags=[second])
    words = typed.replace('"', "").split()
    wanted = [word for word in words if not word.startswith("-")]
    expected = {
        video.pk
        for video in Video.objects.all()
        for text in [f"{video.title} {video.description}"]
        if all(any(word.startswith(one.rstrip("s")) for word in text.split()) for one in wanted)
        and not any(word[1:] in text.split() for word in words if word.startswith("-"))
    }
    ids = queries.find_videos(typed, {}, is_exact=True).ids
    assert len(ids) == len(set(ids))
    assert set(ids) <= expected
    assert ids or not expected
