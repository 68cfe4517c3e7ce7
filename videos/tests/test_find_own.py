"""Finding one's own videos in the studio and one's history: folded, in any order, by the current title."""

import pytest
from django.db import NotSupportedError

from streamsite.mongo import repairs
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.compiler.patterns import BuiltPattern
from streamsite.tasks import queue
from tests.support.commands import recorded_queries
from videos import folded_titles, services, tasks
from videos.models import Video, Watch
from videos.playback import history

FOUND = [
    ("Élan vital in Łódź", ["elan", "LODZ elan", "vital łódź", "lod", "ita"]),
    ("İzmir'de STRASSE nights", ["izmir", "straße", "nights izmir"]),
    ("Wi-Fi setup 10,000", ["wifi", "wi-fi", "wi fi", "setup wifi", "10000"]),
    ("東京タワーの夜", ["東京", "タワー", "夜 東京"]),
    ("C++ (part_2) 100%", ["c++", "part 100", "2 part"]),
]


@pytest.fixture
def own(database, cast):
    made = {title: cast.video(title=title, visibility="private") for title, _ in FOUND}
    for video in made.values():
        history.record_position(cast.owner, video, 3.0)
    return made


def asked(cast, path, q):
    answer = cast.api("owner").get(f"/api/v1/{path}", {"q": q})
    assert answer.status_code == 200, answer.content
    return [row.get("title") or row["video"]["title"] for row in answer.json()["results"]]


@pytest.mark.parametrize("path", ["studio/videos", "me/history"])
def test_words_in_any_order_and_spelling_find_a_title(own, cast, path):
    for title, queries in FOUND:
        for q in queries:
            assert asked(cast, path, q) == [title], q
    for q in ("elan nights", "unheard", "...", "(?=x)", "^", "$", "\\", ".*"):
        assert asked(cast, path, q) == [], q
    assert len(asked(cast, path, "")) == len(FOUND)


def test_what_is_renamed_is_found_by_its_new_title_alone(own, cast):
    video = own["東京タワーの夜"]
    services.update(video, {"title": "Kyoto at night"})
    for path in ("studio/videos", "me/history"):
        job = collection(queue.JOBS).find_one({"task": "videos.tasks.follow_title", "args": [video.pk]})
        tasks.follow_title.func(*job["args"])
        assert asked(cast, path, "night kyoto") == ["Kyoto at night"]
        assert asked(cast, path, "東京") == []
    assert "Kyoto at night" in cast.page("owner").get("/history?q=kyoto").content.decode()
    assert Watch.objects.get(video=video).title == "Kyoto at night"


def test_what_the_previous_release_renamed_is_set_right(own, cast):
    video = own["東京タワーの夜"]
    Video.objects.filter(pk=video.pk).update(title="Osaka")
    Watch.objects.filter(video=video).update(title="Osaka", folded_title="")
    wrong = {one.name: one.wrong for one in repairs.repair_documents()}
    assert wrong["videos_video.folded_title"] == wrong["videos_watch.folded_title"] == 1
    for path in ("studio/videos", "me/history"):
        assert asked(cast, path, "osaka") == ["Osaka"]
    assert not [one for one in repairs.repair_documents() if "folded" in one.name]


@pytest.mark.usefixtures("uncached_rows")
def test_a_search_costs_what_the_list_costs(own, cast):
    for path in ("studio/videos", "me/history"):
        counts = []
        for q in ("", "elan lodz"):
            with recorded_queries() as commands:
                asked(cast, path, q)
            counts.append(len(commands))
        assert counts[0] == counts[1]


def test_a_pattern_has_nothing_of_the_text_in_it_raw():
    found = folded_titles.words_pattern(folded_titles.query_terms("a.b* wi-fi (x) c++"))
    assert found == r"^(?=.*ab)(?:(?=.*wifi)|(?=.*wi)(?=.*fi))(?=.*x)(?=.*c\+\+)"


def test_only_a_pattern_that_code_built_is_taken_as_one(own):
    assert Video.objects.filter(title__regex=BuiltPattern("^Wi-")).count() == 1
    with pytest.raises(NotSupportedError):
        list(Video.objects.filter(title__regex="^Wi-"))
