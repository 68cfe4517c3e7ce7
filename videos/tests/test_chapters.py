"""Chapters: YouTube's rules for descriptions, an owner's own, those of the file."""

import pytest

from videos.chapters import services

GOOD = "What we do\n0:00 Start\n0:15 Middle\n1:00:30 End"


def starts(description, duration=4000.0):
    return [
        (chapter["start"], chapter["title"])
        for chapter in services.chapters_from_description(description, duration)
    ]


@pytest.mark.parametrize(
    "description",
    [
        GOOD,
        "00:00 Start\n00:15 - Middle\n01:00:30 | End",
        "- (0:00) Start\n- (0:15) Middle\n- (1:00:30) End",
        "Start - 0:00\nMiddle (0:15)\nEnd 1:00:30",
        "[00:00] Start\n\u2022 0:15: Middle\n1:00:30\u2013 End",
    ],
)
def test_lists_of_times_are_chapters(description):
    assert starts(description) == [(0.0, "Start"), (15.0, "Middle"), (3630.0, "End")]


@pytest.mark.parametrize(
    "description",
    [
        "",
        "0:00 Start\n0:15 Two",
        "0:05 Start\n0:15 Middle\n0:30 End",
        "0:00 Start\n0:30 Middle\n0:15 End",
        "0:00 Start\n0:05 Middle\n0:30 End",
        "0:00 Start\n0:15 Middle\n1:06:39 End",
        "0:00 Start\n0:75 Middle\n2:00 End",
        "see 0:00 and 1:00 and 2:00 for more",
    ],
)
def test_a_broken_rule_means_no_chapters(description):
    assert starts(description) == []


def test_long_lines_take_no_time():
    assert starts("0:00 " + " -" * 100_000 + "\n" * 5000 + "x " * 100_000) == []


@pytest.mark.parametrize(
    "sent",
    [
        "0:00 a",
        [1],
        [{"start": 1, "title": "a"}],
        [{"start": 0, "title": ""}],
        [{"start": 0, "title": "a"}, {"start": 0, "title": "b"}],
        [{"start": 0, "title": "a"}, {"start": float("nan"), "title": "b"}],
        [{"start": True, "title": "a"}],
        [{"start": -1, "title": "a"}],
        [{"start": 0, "title": "a" * 101}],
        [{"start": i, "title": "a"} for i in range(201)],
    ],
)
def test_an_owners_chapters_are_checked(sent):
    with pytest.raises(ValueError, match=r"\w"):
        services.clean_chapters(sent)


def test_chapters_of_a_file_are_made_to_fit():
    found = [(30.0, "Later"), (5.0, " First\u202e "), (5.0, "Again"), (70.0, "After the end"), (40.0, "")]
    assert services.chapters_from_file(found, 60.0) == [
        {"start": 0.0, "title": "Intro"},
        {"start": 5.0, "title": "First"},
        {"start": 30.0, "title": "Later"},
        {"start": 40.0, "title": "Chapter 4"},
    ]
    assert services.chapters_from_file([(0.0, "Only one")], 60.0) == []


def test_edited_chapters_win_over_the_description_and_end_with_an_empty_list(cast):
    video = cast.video(description=GOOD, duration=4000.0)
    api, url = cast.api("owner"), f"/api/v1/videos/{video.pk}"
    assert len(api.get(url).json()["chapters"]) == 3
    mine = [{"start": 0, "title": "A"}, {"start": 2.5, "title": "B"}, {"start": 5000, "title": "Too late"}]
    changed = api.patch(url, {"chapters": mine}, format="json")
    assert changed.status_code == 200
    assert changed.json()["chapters"] == [{"start": 0.0, "title": "A"}, {"start": 2.5, "title": "B"}]
    assert len(api.patch(url, {"chapters": []}, format="json").json()["chapters"]) == 3
    refused = api.patch(url, {"chapters": [{"start": 3, "title": "A"}]}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["chapters"])
