"""From an empty data folder to a named, colored, invitation-only site, in a real browser."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.support.http_client import PASSWORD
from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
LINK = re.compile(r"set up your site at (http\S+)")
LIGHT, DARK = "#7a1f6b", "#f0a3e4"
SETTLE_SECONDS = 10


@pytest.fixture
def new_site(tmp_path):
    stack = Stack(tmp_path, fresh=True)
    stack.start()
    yield stack
    stack.kill()


def printed_link(site):
    """Return the set-up link, which is printed once the site answers."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not (found := LINK.search(site.output())):
        assert time.monotonic() < deadline, site.output()[-2000:]
        time.sleep(0.1)
    return found[1]


def fill(page, **values):
    for label, value in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


ACCENT = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--accent)";
  return getComputedStyle(probe).color;
}"""


def accent(page):
    """Return the site's color as the page computes it for its theme."""
    return page.evaluate(ACCENT)


def test_a_new_site_is_set_up_named_colored_and_by_invitation(chromium, new_site):
    link = printed_link(new_site)
    assert link.startswith(new_site.url)
    chief = chromium.new_context(base_url=new_site.url, viewport={"width": 1280, "height": 800}).new_page()
    chief.goto(link)
    assert "token" not in chief.url
    fill(chief, Site_name="Example TV", Username="chief", Email="chief@example.org", Password=PASSWORD)
    chief.get_by_label(re.compile("By invitation")).check()
    chief.get_by_role("button", name="Create site").click()
    chief.wait_for_url("**/admin/site/")
    chief.goto("/admin/site/identity/")
    for label, color in (("Accent color, light theme", LIGHT), ("Accent color, dark theme", DARK)):
        chief.get_by_label(label).first.fill(color)
    chief.locator(".site-actions button").click()
    expect(chief.locator(".messagelist .success")).to_be_visible()
    chief.goto("/admin/invitations/")
    chief.get_by_role("button", name="Create link").click()
    invitation = chief.locator("#made").inner_text()

    stranger = chromium.new_context(base_url=new_site.url).new_page()
    stranger.goto("/")
    expect(stranger).to_have_title(re.compile("Example TV"))
    assert accent(stranger) == f"rgb({', '.join(str(part) for part in bytes.fromhex(LIGHT[1:]))})"
    stranger.goto("/login")
    expect(stranger.get_by_role("heading", name="Sign in to Example TV")).to_be_visible()
    assert stranger.get_by_role("link", name="Create an account").count() == 0
    stranger.goto("/register")
    expect(stranger.get_by_role("heading", name="You need an invitation")).to_be_visible()
    assert stranger.get_by_label("Username").count() == 0
    assert stranger.goto(link).status == 404  # the set-up is over

    guest = chromium.new_context(base_url=new_site.url).new_page()
    guest.goto(invitation)
    fill(guest, Username="guest", Email="guest@example.org", Password="short")
    guest.get_by_role("button", name="Create").click()
    expect(guest.locator(".errorlist").first).to_be_visible()
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Create").click()
    guest.wait_for_url("**/")
    expect(guest.get_by_role("link", name="Upload").first).to_be_visible()

    late = chromium.new_context(base_url=new_site.url).new_page()
    late.goto(invitation)
    expect(late.get_by_role("heading", name="This invitation doesn't work")).to_be_visible()
    token = link.partition("=")[2]
    assert new_site.output().count(token) == 1  # where it was printed, and in no line about a request
