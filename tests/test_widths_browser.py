"""Every page at the widths of phones, tablets and desktops: it fits, is quiet and light, and axe-core finds nothing.

A short walk always runs; ``DEEP_TESTS=1`` walks everything. ``-s`` prints the table that docs/design.md holds; with
``WALK_TABLE=file`` each walk is added to a file of JSON lines, so that pieces (``-k "viewer and 320"``) make one table.
400 % zoom of a window of 1280 px is a page of 320 px.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support import walked_world
from tests.support.http_client import Caller
from tests.support.page_walk import WIDTHS, Look, keep, table, walk
from tests.support.profile import is_deep, sample
from tests.support.signing_in import sign_in
from tests.support.walked_pages import PAGES, PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]
# Every width is seen by somebody in the short walk, too.
SHORT = [
    ("visitor", 320),
    ("viewer", 320),
    ("viewer", 1280),
    ("creator", 390),
    ("creator", 768),
    ("staff", 1920),
]
WHOLE = [(who, width) for who in PEOPLE for width in WIDTHS]
SHORT_PAGES = 7
looks: list[Look] = []


@pytest.fixture(scope="module")
def world(site, clip, tmp_path_factory):
    with walked_world.without_others(site):
        yield walked_world.build(site, clip, tmp_path_factory.mktemp("walked"))
        walked_world.take_down(site)


@pytest.fixture
def state(chromium, site, world, who):
    """The cookies of a person who has just signed in: some pages ask for the password again after a while."""
    if who == "visitor":
        return None
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page, f"walk-{who}")
    cookies = context.storage_state()
    context.close()
    return cookies


@pytest.mark.parametrize(("who", "width"), WHOLE if is_deep() else SHORT)
def test_every_page_fits_and_is_quiet(chromium, site, world, state, who, width):
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
        storage_state=state,
    )
    rows = [row for row in PAGES if who in row.people]
    found = walk(context, site.url, who, width, sample(rows, SHORT_PAGES), world)
    context.close()
    looks.extend(found)
    if file := os.environ.get("WALK_TABLE"):
        keep(found, Path(file))
    problems = [f"{look.path}: {problem}" for look in found for problem in look.problems]
    assert not problems, "\n".join(problems)


def test_the_table_is_printed():
    """With ``-s`` for docs/design.md."""
    sys.stdout.write(f"\n{table(looks)}\n")
    assert looks


def test_each_page_opens_for_those_of_its_row_only(site, world):
    wrong = []
    for who in PEOPLE:
        caller = Caller(site)
        if who != "visitor":
            caller.sign_in_to_pages(f"walk-{who}")
        for row in PAGES:
            status, _, _ = caller.call("GET", row.path.format_map(world))
            opened = status == row.status or "token=" in row.path
            if opened != (who in row.people):
                wrong.append((who, row.path, status))
    assert not wrong
