"""Figures as CSV: what is in the files, and that no title becomes a formula."""

import csv
import io
import re
from datetime import date

import pytest
from django.conf import settings

from videos.studio import csv_export
from videos.tests.test_studio_stats import STATS, of, watch


def table(cast, path, **params):
    answer = cast.api("owner").get(path, params)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_days_are_a_row_each(database, cast):
    film = cast.video(duration=100.0)
    watch(cast, film, 20)
    for path in (f"{STATS}.csv", f"{of(film)}.csv"):
        head, *rows = table(cast, path, range="7d")
        assert head[:3] == ["day", "views", "watch_seconds"]
        assert len(rows) == 7
        assert [row[1] for row in rows] == ["0"] * 6 + ["1"]
        assert all(date.fromisoformat(row[0]) for row in rows)


@pytest.mark.parametrize("title", ["=SUM(A1:A9)", "+1", "-1+2", "@cmd", "\uff1dHYPERLINK(1)", "'=1"])
def test_titles_are_no_formulas(database, cast, title):
    film = cast.video(title=title, duration=100.0)
    watch(cast, film, 20)
    _, row = table(cast, f"{STATS}.csv", table="videos")
    assert row[0] == (title if title.startswith("'") else f"'{title}")
    assert row[1] == f"{settings.SITE_URL}/watch/{film.pk}"
    assert row[2] == "1"


@pytest.mark.parametrize(
    "cell",
    [
        "=1",
        "+1",
        "-1",
        "@a",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff0b1",
        "\u200b=1",
        "\ufeff@a",
        "\u22121",
        "\ufe661",
        "\u00a0=1",
        "%1",
        "|a",
    ],
)
def test_what_programs_take_for_a_formula_is_made_inert(cell):
    assert csv_export.neutralize_formula(cell) == f"'{cell}"


def test_a_row_has_plain_numbers_and_quotes_what_any_spreadsheet_takes_for_a_separator():
    row = csv_export.csv_line(["2026-11-29", -3, 0.25, None, "a;=1+1", 'b "c"', "-1"])
    assert row == '2026-11-29,-3,0.25,,"a;=1+1","b ""c""",\'-1\r\n'


def test_no_other_module_writes_csv():
    """A second writer would need the byte order mark and the guard against formulas as well."""
    said = re.compile(r"csv\.(?:writer|DictWriter)|content_type=.text/csv")
    apps = ("accounts", "videos", "playlists", "subscriptions", "streamsite")
    writers = {
        str(path.relative_to(settings.BASE_DIR))
        for app in apps
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if "tests" not in path.parts and said.search(path.read_text(encoding="utf-8"))
    }
    assert writers == {"videos/studio/csv_export.py"}


@pytest.mark.parametrize("cell", ["", "A title", "1 = 1", "שלום", 'a "b", c'])
def test_other_text_stays_as_it_is(cell):
    assert csv_export.neutralize_formula(cell) == cell


def test_numbers_below_zero_stay_numbers(database, cast):
    film = cast.video(duration=100.0)
    api = cast.api("stranger")
    api.put(f"/api/v1/videos/{film.pk}/reaction", {"value": "like"}, format="json")
    from videos.playback import statistics_store

    statistics_store.add_today(film.pk, film.channel_id, likes=-3)
    head, *rows = table(cast, f"{of(film)}.csv", range="7d")
    assert rows[-1][head.index("likes")] == "-2"


def test_titles_with_quotes_and_other_scripts_come_through(database, cast):
    title = 'Ein "Titel", שלום, 日本'
    watch(cast, cast.video(title=title, duration=100.0), 20)
    assert table(cast, f"{STATS}.csv", table="videos")[1][0] == title


def test_every_table_and_no_other(database, cast):
    film = cast.video(duration=5.0)
    watch(cast, film, 5)
    for path, tables in (
        (f"{STATS}.csv", csv_export.CHANNEL_TABLES),
        (f"{of(film)}.csv", csv_export.VIDEO_TABLES),
    ):
        for name in tables:
            rows = table(cast, path, table=name)
            assert len(rows) > 1, name
            assert len({len(row) for row in rows}) == 1, name
        answer = cast.api("owner").get(path, {"table": "users"})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
