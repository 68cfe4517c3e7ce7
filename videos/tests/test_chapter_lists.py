"""Chapters in descriptions as people write them: a table of descriptions, and the reasons why there are none."""

import re
import time
from pathlib import Path

import pytest

from videos.chapters import description_parser

TABLE = Path(__file__).with_name("chapter_descriptions.txt")
HIDDEN = {
    "{nbsp}": "\u00a0", "{nnbsp}": "\u202f", "{rlm}": "\u200f", "{zwsp}": "\u200b", "{bom}": "\ufeff", "{tab}": "\t",
    "{cr}": "\r",
}  # fmt: skip


def rows():
    """Return the table's rows: name, duration, description, expected chapters."""
    found = []
    for block in re.split(r"^=== ", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, rest = block.partition("\n")
        name, _, duration = head.partition(" | ")
        description, _, expected = rest.partition("\n--->\n")
        for mark, character in HIDDEN.items():
            description = description.replace(mark, character)
        chapters = [line.split(" ", 1) for line in expected.strip().splitlines()]
        found.append(
            (name, float(duration), description, [(float(start), title) for start, title in chapters])
        )
    return found


def read(description, duration):
    return [
        (one["start"], one["title"])
        for one in description_parser.find_chapters(description, duration).chapters
    ]


def test_every_description_of_the_table_is_read_as_people_mean_it(capsys):
    table = rows()
    wrong = {
        name: (found, expected)
        for name, duration, description, expected in table
        if (found := read(description, duration)) != expected
    }
    with capsys.disabled():
        print(f"\nchapters: {len(table) - len(wrong)} of {len(table)} descriptions")
    assert len(table) >= 100
    assert wrong == {}


@pytest.mark.parametrize(
    ("description", "code", "line"),
    [
        ("A film about bees.", "no_times", None),
        ("1:00 A\n2:00 B\n3:00 C", "no_beginning", None),
        ("0:00 A\n1:00 B", "too_few", None),
        ("0:00 A\nB 1:00\n2:00 C", "mixed", None),
    ],
)
def test_without_chapters_the_first_problem_says_why(description, code, line):
    found = description_parser.find_chapters(description, 600)
    assert found.chapters == []
    assert (found.problems[0].code, found.problems[0].line) == (code, line)
    assert found.problems[0].detail.endswith((".", "0:00."))


def test_lines_that_are_left_out_are_named():
    lines = [
        "0:00 A",
        "0:04 Too short",
        "1:00 B",
        "1:00 B again",
        "2:00 C",
        "20:00 After the end",
        "1:30 Not in order",
    ]
    found = description_parser.find_chapters("\n".join(lines), 600)
    assert [chapter["title"] for chapter in found.chapters] == ["A", "B", "C"]
    assert [(problem.code, problem.line) for problem in found.problems] == [
        ("too_short", 2),
        ("repeated", 4),
        ("after_end", 6),
        ("out_of_order", 7),
    ]
    assert found.problems[2].detail == "Line 6: 20:00 is after the end of the video (10:00)."


def test_of_a_very_long_list_the_beginning_counts():
    found = description_parser.find_chapters(
        "\n".join(f"{minute}:00 Minute {minute}" for minute in range(250)), 0
    )
    assert (len(found.chapters), found.problems[0].code) == (200, "too_many")


@pytest.mark.parametrize(
    "lines",
    [
        ["0:00 Again", "Text"] * 1000,
        ["0:00 Again"] * 2000,
        ["0:00 Again", "Text"] * 500 + ["9:00 Late"] * 1000,
    ],
)
def test_a_text_that_begins_again_and_again_is_read_once(lines):
    """It is read on every visit to the video's page, and whoever may upload writes it."""
    started = time.process_time()
    description_parser.find_chapters("\n".join(lines), 100)
    assert time.process_time() - started < 0.5
