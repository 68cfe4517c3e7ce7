"""Passkeys in a real browser, with the authenticator that Chromium has for tests: added, used in each way, removed."""

from __future__ import annotations

import time

import pyotp
import pytest
from playwright.sync_api import expect

from tests.support.accessibility import serious_findings
from tests.support.http_client import PASSWORD, Caller
from tests.support.signing_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Device:
    """A browser with an authenticator."""

    def __init__(self, context) -> None:
        self.context, self.page = context, context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.devtools = context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable", {"enableUI": False})
        self.id = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})[
            "authenticatorId"
        ]

    def credentials(self):
        return self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def set(self, what: str, **values: object) -> None:
        self.devtools.send(f"WebAuthn.{what}", {"authenticatorId": self.id, **values})

    def look(self, name: str) -> None:
        """No serious finding of axe-core, nothing wider than the screen."""
        self.page.evaluate(SETTLED)
        assert serious_findings(self.page) == [], name
        assert self.page.evaluate(TOO_WIDE) <= 0, f"{name} is too wide"


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide", "narrow"])
def device(request, chromium, site):
    """A signed-in browser of somebody new."""
    width, scheme = request.param
    name = f"passkey-{width}-{request.node.originalname[5:20].replace('_', '-')}".strip("-")
    name = name[:30]
    Caller(site).sign_up(name)
    context = chromium.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    made = Device(context)
    made.name, made.site = name, site
    sign_in(made.page, name)
    yield made
    assert made.problems == []


def add_passkey(device, label="My laptop"):
    page = device.page
    page.goto("/settings/security/passkeys")
    page.get_by_label("Name").last.fill(label)
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("Passkey added.")).to_be_visible()
    expect(page.locator(".token strong")).to_have_text(label)


def sign_out(device):
    device.context.clear_cookies()


def test_added_used_and_removed(device):
    page = device.page
    page.goto("/settings/security")
    page.get_by_role("link", name="Add a passkey").click()
    device.look("no passkeys")
    add_passkey(device)
    device.look("a passkey")
    (credential,) = device.credentials()
    assert (credential["isResidentCredential"], credential["rpId"]) == (True, "localhost")

    # The browser itself knows that this device has one.
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("This device already has a passkey for your account.")).to_be_visible()

    sign_out(device)
    device.set("setAutomaticPresenceSimulation", enabled=False)  # nothing is filled in by itself
    page.goto("/login?next=/library")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    device.look("login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_disabled()
    device.set("setAutomaticPresenceSimulation", enabled=True)  # the finger
    page.wait_for_url("**/library")

    page.goto("/settings/security/passkeys")
    expect(page.get_by_text("Last used")).to_be_visible()
    page.get_by_text("Rename").click()
    page.locator(".token input[name=name]").fill("Old laptop")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".token strong")).to_have_text("Old laptop")
    page.get_by_role("button", name="Remove Old laptop").click()
    expect(page.get_by_text("No passkeys yet")).to_be_visible()

    sign_out(device)
    page.goto("/login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey wasn't accepted")).to_be_visible()
    device.look("refused")


def test_the_name_field_offers_passkeys(device):
    add_passkey(device)
    sign_out(device)
    device.page.goto("/login?next=/library")  # conditional mediation: the authenticator answers by itself
    device.page.wait_for_url("**/library")


def test_who_is_not_verified_gets_a_sentence_and_can_go_on(device):
    add_passkey(device)
    sign_out(device)
    device.set("setUserVerified", isUserVerified=False)
    page = device.page
    page.goto("/login")
    button = page.get_by_role("button", name="Use a passkey")
    button.click()
    expect(page.get_by_text("No passkey was used. Try again.")).to_be_visible()
    expect(button).to_be_enabled()
    device.look("not verified")


def test_a_passkey_in_place_of_a_code_and_of_a_password(device):
    add_passkey(device)
    caller = Caller(device.site)
    caller.sign_in(device.name)
    secret = caller.json("POST", "/api/v1/auth/totp/setup", {"current_password": PASSWORD})[1]["secret"]
    caller.json("POST", "/api/v1/auth/totp/enable", {"otp": pyotp.TOTP(secret).at(time.time())})
    sign_out(device)
    device.set("setAutomaticPresenceSimulation", enabled=False)
    page = device.page
    page.goto("/login?next=/library")
    page.get_by_label("Username").fill(device.name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code")
    device.set("setAutomaticPresenceSimulation", enabled=True)
    device.look("code")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/library")

    page.goto("/settings/confirm?next=/settings/security/passkeys")
    device.look("confirm")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/settings/security/passkeys")
