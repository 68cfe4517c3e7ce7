"""A page that is open under another origin than ``SITE_URL``: scripts load what the API names from the page's own."""

from __future__ import annotations

import pytest

from tests.support.browser import until
from tests.support.http_client import PASSWORD, Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


def test_everything_goes_on_under_127_0_0_1(chromium, site, clip):
    owner = Caller(site).sign_up("origin-owner")
    video_id = owner.upload(clip, title="Elsewhere", visibility="private")
    origin = site.url.replace("localhost", "127.0.0.1")
    context = chromium.new_context(base_url=origin)
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Content Security" in message.text else None,
    )
    page.on("request", lambda request: refused.append(request.url) if "//localhost" in request.url else None)
    page.goto("/login")
    page.locator("main [name=login]").fill("origin-owner")
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit].btn-primary").click()
    page.wait_for_url(lambda url: "/login" not in url)
    # While it is processed the player asks the API, whose answer names the stream by SITE_URL.
    page.goto(f"/watch/{video_id}")
    video = page.locator("video").first
    read = """async path => {
      const module = performance.getEntriesByType("resource").find(({ name }) => /\\/js\\/api\\./.test(name)).name;
      return (await (await import(module)).api("GET", path)).data;
    }"""
    until(page, "document.querySelector('[data-hls-url]')?.dataset.hlsUrl", seconds=120)
    given = page.evaluate(read, f"/videos/{video_id}")
    assert given["hls_url"].startswith("/media/v/h")
    assert given["url"] == f"/watch/{video_id}"
    assert owner.json("GET", f"/api/v1/videos/{video_id}")[1]["url"] == f"{site.url}/watch/{video_id}"
    video.evaluate("v => { v.muted = true; return v.play(); }")
    until(page, "[...document.querySelectorAll('video')].some(v => v.currentTime > 0.5)", seconds=60)
    assert refused == []
    context.close()
