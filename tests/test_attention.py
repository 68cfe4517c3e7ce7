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


def test_more_rows_take_no_focus_from_a_field(page):
    page.goto("/trending")
    focused = """(isBusy) => {
      const list = document.createElement('ul');
      list.innerHTML = '<li><a href="#one">one</a></li><li class="more"><button>Show more</button></li>';
      document.querySelector('main').append(list);
      const button = list.querySelector('button');
      button.focus();
      button.click();
      if (isBusy) document.querySelector('input[type=search]').focus();
      list.lastElementChild.outerHTML = '<li><a href="#two">two</a></li>';
      document.dispatchEvent(new Event('htmx:after:swap'));
      return document.activeElement.textContent || document.activeElement.type;
    }"""
    assert page.evaluate(focused, False) == "two"
    assert page.evaluate(focused, True) == "search"


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
