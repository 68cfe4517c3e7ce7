"""First titles from names of files: one rule, by which the API, tus, the upload page and forms go."""

import base64
from pathlib import Path

import pytest

from streamsite.sanitize import truncate_line
from videos.file_titles import title_from_filename
from videos.models import Video

TABLE = Path(__file__).with_name("file_names.txt")


def rows():
    return [line.split(" => ") for line in TABLE.read_text(encoding="utf-8").splitlines() if " => " in line]


def test_every_name_of_the_table_becomes_its_title(capsys):
    table = rows()[1:]
    wrong = {name: found for name, title in table if (found := title_from_filename(name)) != title}
    with capsys.disabled():
        print(f"\ntitles: {len(table) - len(wrong)} of {len(table)} file names")
    assert len(table) >= 80
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "length"), [("x" * 300, 120), ("word " * 40, 119), ("👩‍🚀" * 60, 120), ("a" * 118 + "👩‍🚀", 118)]
)
def test_long_names_are_cut_between_words_and_never_within_an_emoji(name, length):
    title = title_from_filename(f"{name}.mp4")
    assert len(title) == length
    assert name.startswith(title)
    assert not title.endswith("\u200d")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "...",
        "\u202e",
        "///",
        "a\x00b",
        "%00",
        "\ud800.mp4",
        "((((",
        "-" * 5000,
        "%20" * 900,
        "1080p." * 500,
    ],
)
def test_every_name_gives_a_title_in_no_time(name):
    assert 0 < len(title_from_filename(name)) <= 120


def test_a_line_is_cut_before_a_flag():
    wales = "🏴󠁧󠁢󠁷󠁬󠁳󠁿"
    assert truncate_line(f"{'a' * 8}{wales}", 10) == "a" * 8
    assert truncate_line(f"{'a' * 8}{wales}", 8 + len(wales)) == f"{'a' * 8}{wales}"


def test_an_upload_without_a_title_is_named_like_the_page_suggests(cast):
    name = "Caf%C3%A9_in.Rome.1080p.mp4"
    asked = cast.api("owner").post(
        "/api/v1/uploads/titles", {"filenames": [name, "IMG_1.MOV"]}, format="json"
    )
    assert asked.json() == {"titles": ["Café in Rome", "IMG 1"]}
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    begun = cast.api("owner").post(
        "/api/v1/uploads",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_LENGTH="5",
        HTTP_UPLOAD_METADATA=metadata,
        content_type=None,
    )
    assert Video.objects.get(pk=begun["X-Video-Id"]).title == "Café in Rome"


@pytest.mark.parametrize("filenames", [None, "a.mp4", [1], ["a"] * 101])
def test_only_a_list_of_names_is_taken(cast, filenames):
    answer = cast.api("owner").post("/api/v1/uploads/titles", {"filenames": filenames}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["filenames"])
