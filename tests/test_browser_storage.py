"""Browser storage: one module knows every key, and nobody reads what belonged to somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.http_client import Caller

SCRIPTS = Path(__file__).resolve().parent.parent / "static" / "js"
HOMES = {"browser-storage.js", "theme.js"}
in_browser = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

MODULE = """
const { name } = performance.getEntriesByType('resource').find(({ name }) => name.includes('/browser-storage'));
const { KEYS, account, stored } = await import(name);
"""
# Give every key that the site itself writes a value, and return the names.
WRITE = f"""async (mine) => {{ {MODULE}
  const names = Object.keys(KEYS).filter((name) => !KEYS[name].isForeign && !name.endsWith('account'));
  for (const name of names) stored(name, name.endsWith(':') ? 'part' : '').write(mine);
  return names;
}}"""
# The owner of each value that a page reads as `mine`.
READ = f"""async (mine) => {{ {MODULE}
  return Object.keys(KEYS)
    .filter((name) => stored(name, name.endsWith(':') ? 'part' : '').read('') === mine)
    .map((name) => [name, KEYS[name].owner, KEYS[name].life]);
}}"""
EVERYTHING = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"


def test_one_module_touches_the_storage():
    users = {
        path.name
        for path in SCRIPTS.rglob("*.js")
        if re.search(r"\b(local|session)Storage\b", path.read_text())
    }
    assert users == HOMES


def test_what_runs_before_the_first_paint_reads_registered_keys():
    registry = (SCRIPTS / "browser-storage.js").read_text()
    read = re.findall(r'getItem\("([^"]+)"\)', (SCRIPTS / "theme.js").read_text())
    assert read
    for key in read:
        assert re.search(
            rf'^  "?{key}"?: \{{ owner: "device", life: "kept", isText: true \}}', registry, re.M
        )


@pytest.fixture(scope="module")
def people(site):
    """Two accounts: the cookies of each."""
    return [
        Caller(site).sign_up(name).sign_in_to_pages(name).cookies
        for name in ("storage-first-person", "storage-next-person")
    ]


@pytest.fixture
def browse(chromium, site):
    """Open a page as somebody, by cookies, in one browser profile. ``{}`` is a visitor."""
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()

    def become(cookies):
        context.clear_cookies()
        context.add_cookies(
            [{"name": name, "value": value, "url": site.url} for name, value in cookies.items()]
        )
        page.goto("/trending")
        return page

    yield become
    context.close()


class TestOwners:
    pytestmark = in_browser

    def test_nobody_reads_what_an_account_or_a_visitor_stored(self, browse, people):
        first, next_one = people
        page = browse(first)
        names = page.evaluate(WRITE, "first")
        assert {"sound-language", "unread", "player"} <= set(names)
        assert {owner for _, owner, _ in page.evaluate(READ, "first")} == {"account", "device"}
        for cookies in ({}, next_one):
            page = browse(cookies)
            assert {owner for _, owner, _ in page.evaluate(READ, "first")} == {"device"}
        lives = {life for _, owner, life in browse(first).evaluate(READ, "first") if owner == "account"}
        assert not lives & {"owner", "tab"}
        assert "kept" in lives

    def test_a_visitors_values_go_with_the_visitor(self, browse, people):
        page = browse({})
        page.evaluate(WRITE, "visitor")
        assert "positions" in [name for name, _, _ in page.evaluate(READ, "visitor")]
        page = browse({})
        assert "positions" in [name for name, _, _ in page.evaluate(READ, "visitor")]
        page = browse(people[0])
        assert {owner for _, owner, _ in page.evaluate(READ, "visitor")} == {"device"}
        page = browse({})
        assert {owner for _, owner, _ in page.evaluate(READ, "visitor")} == {"device"}

    def test_a_page_left_open_writes_nothing_for_whoever_came_after(self, browse, people):
        page = browse({})
        old = page.context.new_page()
        old.goto("/trending")
        browse(people[0])
        old.evaluate(WRITE, "stale")
        page = browse({})
        assert "positions" not in [name for name, _, _ in page.evaluate(READ, "stale")]

    def test_what_earlier_versions_stored_finds_an_owner(self, browse, people):
        page = browse(people[0])
        page.evaluate(
            """() => { localStorage.clear(); localStorage.setItem('sound-language', '"de"');
            localStorage.setItem('positions', '[["AAAAAAAAAAA", 36]]'); }"""
        )
        page = browse(people[0])
        assert [name for name, _, _ in page.evaluate(READ, "de")] == ["sound-language"]
        assert "AAAAAAAAAAA" not in page.evaluate(EVERYTHING)
        assert browse({}).evaluate(READ, "de") == []

    def test_old_values_are_removed(self, browse, people):
        page = browse(people[0])
        old, fresh = (
            f"() => localStorage.setItem('tus::{name}', JSON.stringify({{ creationTime: {time} }}))"
            for name, time in (
                ("who:old@home.mp4", "'2020-01-01'"),
                ("who:new.mp4", "new Date().toISOString()"),
            )
        )
        page.evaluate(old)
        page.evaluate(fresh)
        page = browse({})
        assert "tus::who:new.mp4" in page.evaluate(EVERYTHING)
        assert "old@home" not in page.evaluate(EVERYTHING)
