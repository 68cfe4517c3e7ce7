"""Sign-in by a provider in a real browser, wide and narrow: sign up, sign out, connect, only-provider mode."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import serious_findings
from tests.support.http_client import Caller
from tests.support.oidc import SECRET, OpenIdProvider
from tests.support.signing_in import sign_in
from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site and its provider."""
    site = Stack(tmp_path_factory.mktemp("oidc-site"))
    provider = OpenIdProvider(tmp_path_factory.mktemp("oidc"), site.url, "test")
    site.environment |= {
        "OIDC_PROVIDERS": "test",
        "OIDC_TEST_ISSUER": provider.issuer,
        "OIDC_TEST_CLIENT_ID": "site",
        "OIDC_TEST_CLIENT_SECRET": SECRET,
        "OIDC_TEST_LABEL": "Example Inc.",
        "OUTBOUND_PRIVATE_HOSTS": f"127.0.0.1:{provider.port}",
    }
    site.start()
    yield site, provider
    site.kill()
    provider.stop()


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide", "narrow"])
def page(request, chromium, world):
    width, scheme = request.param
    context = chromium.new_context(
        base_url=world[0].url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        bypass_csp=False,
    )
    made = context.new_page()
    made.person, made.problems = f"person-{width}", []
    made.on("pageerror", lambda error: made.problems.append(str(error)))
    yield made
    assert made.problems == []


def look(page, name):
    """Nothing wider than the screen, and no serious finding of axe-core."""
    page.evaluate(SETTLED)
    assert page.evaluate(TOO_WIDE) <= 0, f"{name} is too wide"
    assert serious_findings(page) == [], name


def test_somebody_signs_up_signs_out_and_in_again(page, world):
    _, provider = world
    person = page.person
    provider.control(
        accounts={
            person: {"email": f"{person}@example.org", "preferred_username": person, "name": "A Person"}
        }
    )
    page.goto("/login?next=/library")
    look(page, "login")
    page.get_by_role("link", name="Continue with Example Inc.").click()
    page.get_by_label("Account").fill(person)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/login/new")
    look(page, "new")
    expect(page.get_by_label("Username")).to_have_value(person)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/library")

    page.goto("/settings/security/providers")
    look(page, "providers")
    expect(page.get_by_text(f"{person}@example.org")).to_be_visible()

    page.goto("/logout")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign out of Example Inc.")).to_be_visible()
    look(page, "signed out")

    page.goto("/login?next=/library")  # the provider still knows the browser
    page.get_by_role("link", name="Continue with Example Inc.").click()
    page.wait_for_url("**/library")


def test_an_account_is_connected(page, world):
    site, provider = world
    name = f"linked-{page.person}"
    Caller(site).sign_up(name)
    provider.control(accounts={name: {"email": f"{name}@example.net"}})
    sign_in(page, name)
    page.goto("/settings/security")
    page.get_by_role("link", name="Manage sign-in providers").click()
    look(page, "nothing connected")
    page.get_by_role("link", name="Continue with Example Inc.").click()
    page.get_by_label("Account").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/settings/security/providers/confirm")
    look(page, "confirm")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Example Inc. connected.")).to_be_visible()
    page.get_by_role("button", name="Disconnect Example Inc.").click()
    expect(page.get_by_text(re.compile("Disconnected"))).to_be_visible()


def test_a_failure_says_so(page):
    page.goto("/login/with/test/callback?state=x&code=y")
    expect(page.get_by_role("heading", name="Sign-in failed")).to_be_visible()
    look(page, "failed")
    page.get_by_role("link", name="Back to sign-in").click()
    page.wait_for_url("**/login")
