"""An owner's way through the pages of webhooks in a real browser, wide and narrow, with axe-core looking at each."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.http_client import Caller
from tests.support.signing_in import sign_in
from tests.test_account_pages import Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

# No such name exists, so the site says that it cannot be reached.
ADDRESS = "https://hooks.example.invalid/a-long-address/that-has-to-break/somewhere/on-a-narrow-screen"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_the_way_through_the_webhooks(chromium, site, width, scheme):
    name = f"hooks-{width}"
    Caller(site).sign_up(name)
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    walker = Walker(page, site)
    sign_in(page, name)
    page.goto("/studio")
    page.get_by_role("navigation", name="Studio").get_by_role("link", name="Webhooks").click()
    walker.look("no webhooks")
    page.get_by_label("Address").fill("http://localhost/")
    page.get_by_label("A comment is posted").check()
    walker.press("Create webhook")
    expect(page.get_by_text("Enter a public address")).to_be_visible()
    walker.look("a refused address")
    page.get_by_label("Address").fill(ADDRESS)
    walker.press("Create webhook")
    assert page.locator("#made").inner_text().startswith("whsec_")
    walker.look("a new webhook")
    walker.press("Send test event")
    row = page.locator(".delivery")
    for _attempt in range(60):
        page.reload()
        row.locator("summary").click()
        if row.get_by_text("The server couldn't be reached").is_visible():
            break
        page.wait_for_timeout(500)
    expect(row.get_by_text("The server couldn't be reached")).to_be_visible()
    expect(row.locator("pre").first).to_contain_text('"type": "webhook.test"')
    assert page.locator("#made").count() == 0
    walker.look("deliveries")
    walker.press("Replace secret")
    assert page.locator("#made").inner_text().startswith("whsec_")
    walker.press("Pause")
    expect(page.get_by_text("Webhook paused.")).to_be_visible()
    walker.look("paused")
    walker.press("Resume")
    expect(page.get_by_text("Webhook resumed.")).to_be_visible()
    page.goto("/studio/webhooks")
    expect(page.get_by_role("link", name=ADDRESS)).to_be_visible()
    walker.look("the list")
    page.get_by_role("link", name=ADDRESS).click()
    walker.press("Delete webhook")
    expect(page.get_by_text("Webhook deleted.")).to_be_visible()
    expect(page.get_by_text("No webhooks yet")).to_be_visible()
    assert walker.problems == []
    context.close()
