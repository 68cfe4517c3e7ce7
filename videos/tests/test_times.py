"""Moments as addresses name them. ``tests/test_player_positions.py`` reads the same table in a browser."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from videos.start_times import parse_start_time, requested_start_time

MOMENTS: list[tuple[str, float | None]] = [
    ("90", 90),
    ("90s", 90),
    ("1m30s", 90),
    ("1m30", 90),
    ("2m", 120),
    ("1h2m3s", 3723),
    ("1H2M", 3720),
    ("2h", 7200),
    ("1:30", 90),
    ("1:02:03", 3723),
    ("00:01:30", 90),
    ("120:00", 7200),
    ("0", 0),
    ("0s", 0),
    ("0:00", 0),
    ("12.5", 12.5),
    (".5", 0.5),
    ("1m30.5s", 90.5),
    ("1:30.25", 90.25),
    ("10,20", 10),
    ("npt:10,20", 10),
    (" 90 ", 90),
    ("", None),
    ("s", None),
    ("h", None),
    ("1hs", None),
    ("-4", None),
    ("+9", None),
    ("1e4", None),
    ("NaN", None),
    ("Infinity", None),
    ("0x10", None),
    (":", None),
    ("1:", None),
    (":30", None),
    ("1::2", None),
    (",10", None),
    (".", None),
    ("5 5", None),
    ("90x", None),
    ("nonsense", None),
    ("\u0661", None),
    ("9" * 30, None),
    ("<script>", None),
]


@pytest.mark.parametrize(("raw", "expected"), MOMENTS)
def test_a_moment_is_read_in_every_form(raw, expected):
    assert parse_start_time(raw) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("t=90", 90),
        ("start=90", 90),
        ("start=1m&t=5", 60),
        ("start=x&t=5", 5),
        ("t=0", 0),
        ("t=", None),
        ("", None),
    ],
)
def test_an_address_names_its_moment_by_start_or_t(query, expected):
    assert requested_start_time(QueryDict(query)) == expected


@pytest.mark.parametrize(
    ("query", "attribute"),
    [("?t=1m30s", "90.0"), ("?start=1:30", "90.0"), ("?t=0", "0.0"), ("?t=x", ""), ("", "")],
)
@pytest.mark.parametrize("page", ["watch", "embed"])
def test_pages_tell_the_beginning_from_no_moment(cast, page, query, attribute):
    answer = cast.page("anonymous").get(f"/{page}/{cast.video().pk}{query}")
    assert f'data-start="{attribute}"' in answer.content.decode()
