"""The Back button in a real browser: pages come back as they were left, and never to somebody else."""

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


def launch(playwright, **options):
    path = browsers.require(browsers.WHOLE)
    return playwright.chromium.launch(executable_path=path, args=browsers.arguments(), **options)


@pytest.fixture(scope="module")
def chromium(playwright):
    """A Chromium that keeps pages for the Back button, which Playwright switches off by default."""
    started = launch(playwright, ignore_default_args=["--disable-back-forward-cache"])
    yield started
    started.close()


@pytest.fixture(scope="module")
def people(site):
    """People who are signed in, the first with more playlists than a page of them holds."""
    found = {
        name: Caller(site).sign_up(name).sign_in_to_pages(name)
        for name in ("back-one", "back-two", "back-three")
    }
    for number in range(22):
        status, _ = found["back-one"].json("POST", "/api/v1/playlists", {"title": f"List {number}"})
        assert status == 201
    return found


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    yield opened
    assert opened.problems == []
    context.close()


def use(page, site, person):
    """Have the browser's cookies be those of ``person``."""
    cookies = person.cookies.items()
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies])


def back(page, path):
    """Press Back. Playwright's own ``go_back`` waits for a load event, which a page that is brought back has not."""
    page.evaluate("() => { setTimeout(() => history.back()); }")
    browsers.until(page, f"location.pathname === {path!r} && document.readyState === 'complete'")


def open_profile(page, site, person):
    """Open the person's profile with something typed, and Home behind it."""
    use(page, site, person)
    page.goto("/settings/profile")
    page.get_by_label("Description").fill("Half a sentence")
    page.evaluate("() => { window.isTheSame = true; }")
    page.goto("/")


def is_the_same(page):
    return page.evaluate("() => Boolean(window.isTheSame)")


def test_a_page_comes_back_as_it_was_left(page, site, people):
    open_profile(page, site, people["back-one"])
    back(page, "/settings/profile")
    reasons = page.evaluate(
        "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
    )
    assert is_the_same(page), reasons
    expect(page.get_by_label("Description")).to_have_value("Half a sentence")


def test_a_list_keeps_its_length(page, site, people):
    use(page, site, people["back-one"])
    page.goto("/library")
    rows = page.locator("main .grid > .entry")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="Load more").click()
    expect(rows).to_have_count(22)
    page.goto("/history")
    back(page, "/library")
    expect(rows).to_have_count(22)


def test_after_logging_out_the_page_is_gone(page, site, people):
    person = Caller(site).sign_in("back-one").sign_in_to_pages("back-one")
    open_profile(page, site, person)
    page.locator("header").get_by_label("Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("header").get_by_role("link", name="Sign in")).to_be_visible()
    # The script of the page deletes the cookie once it has deleted what the account left in the browser.
    browsers.until(page, "!/(^|; )account=/.test(document.cookie)")
    # The browser itself gave the page up: without scripts it does not come back, either.
    page.evaluate("() => { setTimeout(() => history.go(-2)); }")
    browsers.until(page, "location.pathname === '/login'")
    assert not is_the_same(page)


@pytest.mark.parametrize("now", ["back-two", None])
def test_a_page_of_somebody_else_is_emptied_and_loaded_again(page, site, people, now):
    """The cookies change unseen: no page says that somebody left, as after a crash or in another window."""
    open_profile(page, site, people["back-one"])
    if now:
        use(page, site, people[now])
        back(page, "/settings/profile")
        link = page.get_by_role("link", name="View your channel")
        expect(link).to_have_attribute("href", "/@back-two")
    else:
        page.context.clear_cookies()
        page.evaluate("() => { setTimeout(() => history.back()); }")
        browsers.until(page, "location.pathname === '/login'")
    assert not is_the_same(page)
    assert "Half a sentence" not in page.content()


def test_a_session_that_was_ended_elsewhere_brings_nothing_back(page, site, people):
    open_profile(page, site, people["back-three"])
    status, _ = people["back-three"].json("POST", "/api/v1/auth/logout-all")
    assert status == 200
    page.evaluate("() => { setTimeout(() => history.back()); }")
    browsers.until(page, "location.pathname === '/login'")
    assert not is_the_same(page)


def test_another_tab_is_emptied_when_it_is_looked_at(page, site, people):
    use(page, site, people["back-one"])
    page.goto("/settings/profile")
    page.evaluate("() => { window.isTheSame = true; }")
    page.context.clear_cookies()
    page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    browsers.until(page, "location.pathname === '/login'")


def test_from_the_cache_of_files_nothing_of_others_comes_back(playwright, site, people):
    """Browsers that keep no pages bring Back from their cache of files."""
    browser = launch(playwright)
    page = browser.new_context(base_url=site.url).new_page()
    open_profile(page, site, people["back-one"])
    page.go_back()
    expect(page.get_by_label("Description")).to_have_value("Half a sentence")
    assert page.evaluate("() => performance.getEntriesByType('navigation')[0].type") == "back_forward"
    page.goto("/")
    page.context.clear_cookies()
    page.go_back()
    page.wait_for_url(lambda url: "/login?next=" in url)
    browser.close()
