"""Dates, numbers, sizes and relative times in the three languages, and in the zone of an account."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from streamsite import formats

NOON = datetime(2026, 11, 29, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "moment", "day"),
    [
        ("en", "Nov 29, 2026, 1:05 PM GMT", "Nov 29, 2026"),
        ("de", "29. Nov. 2026, 13:05 GMT", "29. Nov. 2026"),
        ("ar", "29 نوفمبر 2026، 1:05 م GMT", "29 نوفمبر 2026"),
    ],
)
def test_times_by_language(code, moment, day):
    with translation.override(code):
        assert formats.moment(NOON) == formats.moment("2026-11-29T13:05:00.000Z") == moment
        assert formats.day(NOON) == formats.day("2026-11-29") == formats.day(date(2026, 11, 29)) == day


def test_a_time_in_the_accounts_zone_names_no_zone():
    with timezone.override("Asia/Kolkata"):
        assert formats.moment(NOON) == "Nov 29, 2026, 6:35 PM"
        assert formats.moment(NOON, zone=True) == "Nov 29, 2026, 6:35 PM GMT+5:30"
        assert formats.day(datetime(2026, 11, 29, 20, 0, tzinfo=UTC)) == "Nov 30, 2026"
    with timezone.override("America/St_Johns"):
        assert formats.moment(NOON, zone=True).endswith("GMT-3:30")


@pytest.mark.parametrize(
    ("passed", "english", "german"),
    [
        (timedelta(seconds=20), "just now", None),
        (timedelta(minutes=1), "1 minute ago", "vor 1 Minute"),
        (timedelta(hours=23, minutes=59), "23 hours ago", "vor 23 Stunden"),
        (timedelta(days=3, hours=20), "3 days ago", "vor 3 Tagen"),
        (timedelta(days=13), "1 week ago", "vor 1 Woche"),
        (timedelta(days=364), "12 months ago", "vor 12 Monaten"),
        (timedelta(days=800), "2 years ago", "vor 2 Jahren"),
    ],
)
def test_relative_times_are_cut_off_not_rounded(passed, english, german):
    when = datetime.now(UTC) - passed
    assert formats.ago(when) == english
    if german is not None:
        with translation.override("de"):
            assert formats.ago(when) == german


@pytest.mark.parametrize(
    ("count", "english", "german", "arabic"),
    [
        (0, "0", "0", "0"),
        (999, "999", "999", "999"),
        (1999, "1.9K", "1.999", "1.9 ألف"),
        (123_999, "123K", "123.999", "123 ألف"),
        (5_000_000, "5M", "5 Mio.", "5 مليون"),
    ],
)
def test_counts_never_exaggerate(count, english, german, arabic):
    found = []
    for code in ("en", "de", "ar"):
        with translation.override(code):
            found.append(formats.compact(count).replace("\xa0", " "))
    assert found == [english, german, arabic]


def test_sizes_lengths_and_shares():
    assert [formats.size(n) for n in (0, 999, 60_600_000, 4 * 1024**3, 20_000_000_000)] == [
        "0 bytes",
        "999 bytes",
        "60.6 MB",
        "4.3 GB",
        "20 GB",
    ]
    assert [formats.span(n) for n in (45, 150, 9000, 720_000)] == ["45 sec", "2.5 min", "2.5 hr", "200 hr"]
    assert (formats.clock(61.4), formats.clock(3723)) == ("1:01", "1:02:03")
    assert (formats.percent(0.425), formats.number(18029), formats.number(3, signed=True)) == (
        "42%",
        "18,029",
        "+3",
    )
    with translation.override("de"):
        assert formats.size(60_600_000).replace("\xa0", " ") == "60,6 MB"
        assert formats.listed(["a", "b", "c"]) == "a, b und c"


def test_tags_write_times_for_scripts_and_for_people_without():
    source = (
        "{% local_time when %} {% local_day when %} {% time_ago when %} {{ none|ago }}{% local_time none %}"
    )
    shown = Template(source).render(Context({"when": NOON, "none": None}))
    assert shown.startswith(
        '<time datetime="2026-11-29T13:05:00.000Z" data-local>Nov 29, 2026, 1:05 PM GMT</time> '
        '<time datetime="2026-11-29T13:05:00.000Z" data-local="day">Nov 29, 2026</time> '
        '<time datetime="2026-11-29T13:05:00.000Z">'
    )
    assert "UTC" not in shown
