"""Automatic changes of a page wait for a busy viewer and never take the focus."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.player_film import film  # noqa: F401 - the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url)
    yield context.new_page()
    context.close()


def test_what_is_ready_does_not_begin_while_somebody_writes(page, film):  # noqa: F811
    """A page that waited for the first quality: the same film, as it was before that was there."""

    def before(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'data-hls-url="[^"]*"', "", answer.text(), count=1))

    held = []
    page.route(f"**/watch/{film}", before)
    page.route(f"**/api/v1/videos/{film}", lambda route: held.append(route))
    page.goto(f"/watch/{film}")
    search = page.locator("input[type=search]").first
    search.fill("while I wait")
    for route in held:
        route.continue_()
    page.locator("media-controller").wait_for()
    assert page.evaluate("document.querySelector('video').paused") is True
    expect(search).to_be_focused()


MORE_ROWS = """() => {
  const list = document.createElement('ul');
  list.id = 'rows';
  list.innerHTML = '<li><a href="#one">one</a></li><li class="more"><a href="#more">Show more</a></li>';
  document.querySelector('main').append(list);
}"""
ARRIVE = """() => {
  document.querySelector('#rows').lastElementChild.outerHTML = '<li><a href="#two">two</a></li>';
  document.dispatchEvent(new Event('htmx:after:swap'));
  return document.activeElement.textContent || document.activeElement.type;
}"""


def test_more_rows_take_no_focus_from_a_field(page):
    def more_rows():
        page.goto("/trending")
        page.evaluate(MORE_ROWS)
        return page.locator("#rows .more a")

    more_rows().click()
    assert page.evaluate(ARRIVE) == "two"
    more_rows().click()
    search = page.locator("input[type=search]").first
    search.focus()
    assert page.evaluate(ARRIVE) == "search"
    # A list that loads by itself clicks the link: nobody asked, so not even a free focus is taken.
    more_rows().evaluate("link => link.click()")
    page.evaluate(ARRIVE)
    assert page.evaluate("document.activeElement === document.body")


def test_a_message_does_not_go_while_somebody_is_on_it(page):
    page.clock.install()
    page.goto("/trending")
    page.evaluate("""async () => {
      const { src } = document.querySelector("script[src$='/js/shell.js']");
      const { toast } = await import(src.replace('/shell.js', '/ui.js'));
      toast('one');
      toast('two').querySelector('button').focus();
    }""")
    toasts = page.locator("[data-toasts] .toast")
    page.clock.run_for(7000)
    expect(toasts).to_have_text(["two"])
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(7000)
    expect(toasts).to_have_count(0)
