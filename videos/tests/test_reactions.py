"""Likes and dislikes: once per viewer, counters that equal rows, lists that show only what may be seen."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.support.commands import recorded
from videos import services
from videos.models import Reaction, Video
from videos.reactions import services as reaction_services

VALUES = ("like", "dislike", None)


def counters(video: Video) -> tuple[int, int]:
    return tuple(Video.objects.values_list("like_count", "dislike_count").get(pk=video.pk))


def rows(video: Video) -> tuple[int, int]:
    found = Reaction.objects.filter(video_id=video.pk)
    return found.filter(value="like").count(), found.filter(value="dislike").count()


@pytest.mark.parametrize(
    ("steps", "answer"),
    [
        (["like"], {"reaction": "like", "likes": 1}),
        (["like", "like"], {"reaction": "like", "likes": 1}),
        (["like", "dislike"], {"reaction": "dislike", "likes": 0}),
        (["dislike", "like"], {"reaction": "like", "likes": 1}),
        (["like", None], {"reaction": None, "likes": 0}),
        ([None, None], {"reaction": None, "likes": 0}),
    ],
)
def test_the_last_word_counts_once(database, cast, steps, answer):
    video, api = cast.video(), cast.api("stranger")
    for value in steps:
        path = f"/api/v1/videos/{video.pk}/reaction"
        got = api.put(path, {"value": value}, format="json") if value else api.delete(path)
        assert got.status_code == 200
    assert got.json() == answer
    assert counters(video) == rows(video)
    shown = api.get(f"/api/v1/videos/{video.pk}").json()
    assert shown["viewer"]["reaction"] == answer["reaction"]
    assert shown["counts"]["likes"] == answer["likes"]


@pytest.mark.parametrize(
    "body", [{}, {"value": "love"}, {"value": None}, {"value": ["like"]}, {"value": {"$ne": 1}}]
)
def test_an_unknown_reaction_is_refused(database, cast, body):
    video = cast.video()
    answer = cast.api("stranger").put(f"/api/v1/videos/{video.pk}/reaction", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert "value" in answer.json()["fields"]


def test_many_viewers_at_once_are_counted_exactly(database, cast):
    video = cast.video()
    people = [cast.user(f"fan-{number}") for number in range(10)]

    def act(number: int) -> None:
        try:
            value = VALUES[number % 3]
            person = people[number % len(people)]
            if value:
                reaction_services.react(person, video, value)
            else:
                reaction_services.withdraw(person, video)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(150)))
    assert counters(video) == rows(video)


def test_liked_videos_are_listed_without_what_became_private(database, cast):
    kept, hidden, gone = (cast.video(title=title) for title in ("kept", "hidden", "gone"))
    for video in (kept, hidden, gone):
        reaction_services.react(cast.stranger, video, "like")
    hidden.visibility = "private"
    hidden.save()
    services.delete(gone)
    answer = cast.api("stranger").get("/api/v1/me/likes").json()
    assert [card["title"] for card in answer["results"]] == ["kept"]


def test_an_erased_account_takes_its_reactions_along(database, cast):
    video = cast.video()
    reaction_services.react(cast.stranger, video, "like")
    reaction_services.react(cast.member, video, "dislike")
    reaction_services.delete_for_user(cast.stranger.pk)
    reaction_services.delete_for_user(cast.stranger.pk)
    assert counters(video) == rows(video) == (0, 1)


def test_a_reaction_is_few_commands(database, cast):
    video, api = cast.video(), cast.api("stranger")
    path = f"/api/v1/videos/{video.pk}/reaction"
    api.put(path, {"value": "dislike"}, format="json")
    with recorded() as commands:
        api.put(path, {"value": "like"}, format="json")
    assert [command for command in commands if command.endswith(("videos_video", "videos_reaction"))] == [
        "aggregate videos_video",
        "findAndModify videos_reaction",
        "findAndModify videos_video",
    ]
