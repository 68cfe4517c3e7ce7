"""The preview of chapters: what a text would give a video, and why it gives none."""

import pytest

GOOD = "0:00 Start\n1:00 Middle\n2:00 End"
LATE = "0:00 Start\n1:00 Middle\n2:00 End\n20:00 Too late"


@pytest.fixture
def video(cast):
    return cast.video(visibility="private", duration=600.0, description=GOOD)


def asked(cast, video, **body):
    return cast.api("owner").post(f"/api/v1/videos/{video.pk}/chapters/preview", body, format="json")


def test_a_description_is_read_without_being_saved(cast, video):
    answer = asked(cast, video, description=LATE.replace("Start", "Hello"))
    assert answer.status_code == 200
    assert answer.json() == {
        "chapters": [
            {"start": 0.0, "title": "Hello"},
            {"start": 60.0, "title": "Middle"},
            {"start": 120.0, "title": "End"},
        ],
        "problems": [
            {
                "code": "after_end",
                "detail": "Line 4: 20:00 is after the end of the video (10:00).",
                "line": 4,
            }
        ],
    }
    assert [one["title"] for one in asked(cast, video).json()["chapters"]] == ["Start", "Middle", "End"]
    video.refresh_from_db()
    assert (video.description, video.version) == (GOOD, 1)


def test_a_text_without_chapters_says_why(cast, video):
    answer = asked(cast, video, description="0:30 Start\n1:00 Middle\n2:00 End").json()
    assert answer["chapters"] == []
    assert answer["problems"] == [
        {"code": "no_beginning", "detail": "The first chapter must start at 0:00.", "line": None}
    ]


def test_lines_of_the_editor_are_read_like_those_that_are_saved(cast, video):
    found = asked(cast, video, lines="- 0:00 Start\n[0:05] Short is fine\nnonsense\n20:00 Late").json()
    assert [one["title"] for one in found["chapters"]] == ["Start", "Short is fine"]
    assert [(one["code"], one["line"]) for one in found["problems"]] == [
        ("unreadable", 3),
        ("after_end", None),
    ]
    assert asked(cast, video, lines="1:00 A").json()["problems"][0]["code"] == "invalid"
    assert len(asked(cast, video, lines=" \n").json()["chapters"]) == 3


@pytest.mark.parametrize("body", [{"description": 5}, {"lines": ["0:00 a"]}])
def test_only_text_is_read(cast, video, body):
    assert asked(cast, video, **body).json()["fields"].keys() == body.keys()


def test_a_title_with_marks_survives_being_shown_and_saved(cast, video):
    marked = [{"start": 0, "title": "- **A**"}, {"start": 5, "title": "| B |"}]
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"chapters": marked}, format="json")
    text = "0:00 - **A**\n0:05 | B |\n0:10 C"
    sent = {"title": "Film", "category": "other", "visibility": "private", "chapters": text}
    assert cast.page("owner").post(f"/studio/videos/{video.pk}", sent).status_code == 302
    video.refresh_from_db()
    assert [one["title"] for one in video.chapters] == ["- **A**", "| B |", "C"]


def test_the_studio_shows_the_preview_of_both_texts(cast, video):
    page, address = cast.page("owner"), f"/studio/videos/{video.pk}"
    assert page.get(address).content.decode().count("3 chapters") == 2
    preview = page.post(f"{address}/chapters/preview", {"description": "1:00 <b>\n2:00 B\n3:00 C"})
    assert (preview.status_code, "<b>" in preview.content.decode()) == (200, False)
    assert "The first chapter must start at 0:00." in preview.content.decode()
    lines = page.post(f"{address}/chapters/preview", {"chapters": "0:00 A\nnonsense"}).content.decode()
    assert "1 chapter<" in lines
    assert "Line 2 must start with a time" in lines
    assert cast.page("stranger").post(f"{address}/chapters/preview", {"chapters": ""}).status_code == 404
    refused = page.post(address, {"title": "", "description": "1:00 A\n2:00 B\n3:00 C"}).content.decode()
    assert "1:00 A\n2:00 B" in refused
    assert "The first chapter must start at 0:00." in refused
