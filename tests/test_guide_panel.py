"""The guide's live panel in a real browser: what a person sees of issue, rotation, grace, reuse and logout."""

import json
import re

import pyotp
import pytest
import requests
from playwright.sync_api import expect

from tests.test_guide import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(
        base_url=site.url, viewport={"width": 390, "height": 800}, color_scheme="dark"
    )
    opened = context.new_page()
    problems = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    opened.goto("/developers/tokens")
    yield opened
    assert problems == []
    context.close()


def register(site, name):
    body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    assert requests.post(f"{site.url}/api/v1/auth/register", json=body, timeout=30).status_code == 201


def sign_in(page, name, password=PASSWORD, otp=""):
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    if otp:
        page.get_by_label("Code from your authenticator app").fill(otp)
    page.get_by_role("button", name="Get tokens").press("Enter")


def generations(page):
    return page.locator("[data-generations] li")


def test_tokens_rotate_the_grace_answers_and_a_replayed_token_ends_the_session(page, site):
    register(site, "panel-walk")
    sign_in(page, "panel-walk", "wrong")
    expect(page.locator("[data-problem]")).not_to_be_empty()
    sign_in(page, "panel-walk")
    expect(page.get_by_role("heading", name="Your session")).to_be_focused()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    expect(page.locator("[data-session-count]")).to_have_text("1")
    refresh = page.get_by_role("button", name="Refresh", exact=True)
    refresh.press("Enter")
    expect(generations(page).nth(1)).to_have_attribute("data-state", "live")
    expect(generations(page).nth(0)).to_have_attribute("data-state", "grace")
    expect(refresh).to_be_focused()
    page.get_by_role("button", name="Replay g0").click()
    log = page.get_by_role("log").locator("li")
    expect(log.first).to_contain_text("byte for byte")
    refresh.click()
    expect(generations(page).nth(0)).to_have_attribute("data-state", "spent")
    page.get_by_role("button", name="Replay g0").click()
    expect(log.nth(1)).to_contain_text("401 refresh_reused")
    expect(log.first).to_contain_text("401 session_revoked")
    expect(page.locator("[data-generations] [data-state=dead]")).to_have_count(3)
    again = page.get_by_role("button", name="Start over")
    expect(again).to_be_focused()
    again.click()
    expect(page.get_by_label("Username or email")).to_be_focused()


def test_logging_out_kills_the_access_token_and_no_token_is_stored_or_written_down(page, site):
    register(site, "panel-leaves")
    sign_in(page, "panel-leaves")
    page.get_by_role("button", name="Call the API").click()
    log = page.get_by_role("log").locator("li")
    expect(log.first).to_contain_text("recognized you as panel-leaves")
    page.get_by_role("button", name="Copy the access token").wait_for()
    stored = page.evaluate(
        "[JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie, location.href]"
    )
    shown = page.content()
    page.get_by_role("button", name="Sign out").click()
    expect(log.first).to_contain_text("session_revoked")
    assert "eyJ" not in json.dumps(stored)
    # The page shows beginnings and ends only: no run of a token's own length.
    panel = shown[shown.index("data-token-panel") : shown.index("</section>")]
    assert not [
        word
        for word in panel.replace("<", " ").replace(">", " ").split()
        if word.startswith("eyJ") and len(word) > 30
    ]
    assert page.context.cookies() == []


def test_a_second_factor_is_asked_for_when_the_account_has_one(page, site):
    register(site, "panel-second")
    api = f"{site.url}/api/v1"
    credentials = {"login": "panel-second", "password": PASSWORD, "client": "native"}
    access = requests.post(f"{api}/auth/token", json=credentials, timeout=30).json()["access"]
    bearer = {"Authorization": f"Bearer {access}"}
    secret = requests.post(f"{api}/auth/totp/setup", json={}, headers=bearer, timeout=30).json()["secret"]
    enabling = {"otp": pyotp.TOTP(secret).now()}
    enabled = requests.post(f"{api}/auth/totp/enable", json=enabling, headers=bearer, timeout=30)
    recovery = enabled.json()["recovery_codes"]
    expect(page.get_by_label("Code from your authenticator app")).to_be_hidden()
    sign_in(page, "panel-second")
    expect(page.get_by_label("Code from your authenticator app")).to_be_focused()
    sign_in(page, "panel-second", otp="000000" if enabling["otp"] != "000000" else "111111")
    expect(page.get_by_label("Code from your authenticator app")).to_have_value("")  # refused
    sign_in(page, "panel-second", otp=recovery[0])
    expect(generations(page)).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(page, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    register(site, f"panel-{width}")
    sign_in(page, f"panel-{width}")
    for count in range(2, 7):
        page.get_by_role("button", name="Refresh", exact=True).click()
        expect(generations(page)).to_have_count(count)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    contents = page.locator(".toc-wide" if width == 1280 else ".toc-narrow summary")
    expect(contents).to_be_visible()


def shown_frameworks(page):
    return page.evaluate(
        "[...document.querySelectorAll('.tab')].filter((tab) => tab.offsetParent).map((tab) => tab.dataset.tab)"
    )


def test_a_framework_can_be_chosen_without_scripts(chromium, site):
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/developers/tokens")
    # Evaluating is the test's own doing and works without the page's scripts.
    assert shown_frameworks(page) == ["express", "express"]
    page.get_by_role("radio", name="Django").first.check()
    assert shown_frameworks(page) == ["django", "express"]
    expect(page.get_by_role("heading", name="Django app")).to_be_attached()


def test_a_framework_is_chosen_for_the_whole_page_and_remembered(page):
    page.get_by_role("radio", name="FastAPI").last.check()
    assert shown_frameworks(page) == ["fastapi", "fastapi"]
    page.reload()
    expect(page.get_by_role("radio", name="FastAPI").first).to_be_checked()
    assert shown_frameworks(page) == ["fastapi", "fastapi"]
