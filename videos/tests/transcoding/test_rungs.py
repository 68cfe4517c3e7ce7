from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos.tests.transcoding.test_ladder import SOURCE
from videos.transcoding.ladder import plan
from videos.transcoding.profiles import STANDARD, STANDARD_SHORT_SIDES, Profile
from videos.transcoding.rungs import display_lines, ladder_sizes, max_bitrate


def sizes(width, height):
    return [(size.width, size.height) for size in ladder_sizes(width, height)]


def names(width, height, profile=STANDARD):
    return [item.name for item in plan(replace(SOURCE, width=width, height=height), profile).renditions]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (2880, [2160, 1440, 1080, 720, 480, 360, 240, 144]),
        (2160, [2160, 1440, 1080, 720, 480, 360, 240, 144]),
        (1200, [1200, 720, 480, 360, 240, 144]),
        (1080, [1080, 720, 480, 360, 240, 144]),
        (1079, [1080, 720, 480, 360, 240, 144]),
        (900, [900, 720, 480, 360, 240, 144]),
        (768, [768, 480, 360, 240, 144]),
        (166, [166, 144]),
        (165, [164]),
        (144, [144]),
        (143, [144]),
        (90, [90]),
        (16, [16]),
    ],
)
def test_rungs_of_a_source(lines, expected):
    assert [size.lines for size in ladder_sizes(round(lines * 16 / 9), lines)] == expected


def test_landscape_sizes():
    assert sizes(1920, 1080) == [(1920, 1080), (1280, 720), (854, 480), (640, 360), (426, 240), (256, 144)]


def test_portrait_sizes_are_landscape_sizes_turned():
    assert sizes(1080, 1920) == [(height, width) for width, height in sizes(1920, 1080)]
    assert names(1080, 1920) == names(1920, 1080)


@pytest.mark.parametrize(
    ("width", "height", "name", "second"),
    [
        (1920, 800, "1080p", (1280, 534)),
        (3840, 1600, "2160p", (2560, 1066)),
        (1280, 544, "720p", (854, 362)),
        (2560, 1080, "1440p", (1920, 810)),
        (1440, 1080, "1080p", (960, 720)),
        (800, 1920, "1080p", (534, 1280)),
        (1366, 768, "768p", (854, 480)),
        (1922, 1080, "1080p", (1280, 720)),
        (4096, 2160, "2160p", (2560, 1350)),
        (360, 780, "438p", (296, 640)),
    ],
)
def test_a_source_keeps_its_size_under_the_name_viewers_expect(width, height, name, second):
    assert sizes(width, height)[:2] == [(width, height), second]
    assert names(width, height)[0] == name


def test_a_source_above_the_largest_rung_is_brought_down_to_it():
    assert sizes(5120, 2880)[0] == (3840, 2160)
    limited = plan(replace(SOURCE, width=1920, height=800), Profile(short_sides=(720, 360)))
    assert [(item.name, item.width, item.height) for item in limited.renditions] == [
        ("720p", 1280, 534),
        ("360p", 640, 266),
    ]


def test_odd_source_gets_even_sizes_not_above_it():
    assert sizes(641, 359)[0] == (640, 358)


def test_a_strip_has_no_rungs_that_nobody_could_see():
    assert all(min(size) >= 16 for size in sizes(1920, 32))


@given(width=st.integers(16, 8192), height=st.integers(16, 8192))
def test_no_rendition_is_above_the_source_and_all_are_even(width, height):
    found = sizes(width, height)
    assert found
    assert all(w <= width and h <= height and w % 2 == h % 2 == 0 and min(w, h) >= 2 for w, h in found)
    assert all(wider >= w and higher >= h for (wider, higher), (w, h) in pairwise(found))
    assert len(set(names(width, height))) == len(found)


@given(width=st.integers(16, 8192), height=st.integers(16, 8192))
def test_nothing_is_lost_but_what_lies_above_the_largest_rung(width, height):
    top = ladder_sizes(width, height)[0]
    keeps_size = top.width >= width - 1 and top.height >= height - 1
    assert keeps_size or display_lines(top.width, top.height) == pytest.approx(STANDARD_SHORT_SIDES[0], abs=2)
    assert top.lines <= STANDARD_SHORT_SIDES[0]


def test_bitrates_follow_the_table_between_its_rows_and_the_area():
    assert max_bitrate(1920, 1080, fast=False) == 5_000_000
    assert max_bitrate(1920, 1080, fast=True) == 7_500_000
    assert 2_800_000 < max_bitrate(1600, 900, fast=False) < 5_000_000
    assert max_bitrate(1920, 800, fast=False) == max_bitrate(800, 1920, fast=False)
    assert 3_800_000 < max_bitrate(1920, 800, fast=False) < 4_300_000
    assert max_bitrate(114, 64, fast=False) == 200_000
