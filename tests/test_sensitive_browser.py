"""Blurred cards and the question before a sensitive video, in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import until
from tests.support.clips import make_clip
from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def owner(site):
    return Caller(site).sign_up("sensitive-owner")


@pytest.fixture(scope="module")
def film(owner, tmp_path_factory):
    """A public video that is marked as sensitive."""
    clip = make_clip(tmp_path_factory.mktemp("sensitive") / "film.mp4", 5, (160, 90), 25)
    video_id = owner.upload(clip, title="Not for everyone", visibility="public", is_sensitive="true")
    return owner.wait(video_id, "ready")["id"]


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(base_url=site.url)
    yield context.new_page()
    context.close()


def test_a_visitor_sees_a_blurred_card_is_asked_and_goes_on(page, film):
    page.goto("/")
    card = page.locator(f'[data-video="{film}"]')
    expect(card.locator("[data-sensitive]")).to_be_visible()
    picture = card.locator(".thumb img")
    expect(picture).to_have_css("filter", "blur(20px)")
    card.locator(".card-title a").click()
    question = page.get_by_role("heading", name="This video is marked as sensitive")
    expect(question).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
    page.get_by_role("link", name="Show video").click()
    expect(question).to_have_count(0)
    until(page, "v?.slot === 'media' && v.readyState >= 2")


def test_an_embedded_player_asks_although_it_was_told_to_play(page, film):
    page.goto(f"/embed/{film}?autoplay=1&muted=1")
    expect(page.locator("video")).to_have_count(0)
    page.get_by_role("link", name="Show video").click()
    until(page, "v?.slot === 'media' && v.currentTime > 0")
    assert "autoplay=1" in page.url
