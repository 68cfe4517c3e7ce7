"""Notifications of a browser: turned on in one, sent by the site, shown by the worker, and opened."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support import browser as browsers
from tests.support.accessibility import serious_findings
from tests.support.http_client import Caller
from tests.support.push_service import PushService
from tests.support.signing_in import sign_in
from tests.support.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# A browser that no maker's push service knows: the part of the browser that talks to one. It has the keys of a device
# of the tests, whose service is ``PushService``.
STAND_IN = """
(() => {
  const body = %s;
  const kept = "stand-in";
  const made = (key) => ({
    endpoint: body.endpoint,
    options: { applicationServerKey: new Uint8Array(JSON.parse(key)).buffer },
    toJSON: () => body,
    unsubscribe: async () => { localStorage.removeItem(kept); return true; },
  });
  window.asked = 0;
  const request = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { window.asked += 1; return request(); };
  PushManager.prototype.getSubscription = async () => localStorage.getItem(kept) && made(localStorage.getItem(kept));
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem(kept, JSON.stringify([...applicationServerKey]));
    return made(localStorage.getItem(kept));
  };
})();
"""
SHOWN = """navigator.serviceWorker.getRegistration("/push/").then((found) => found.getNotifications()).then((all) =>
  all.map(({ title, body, tag, dir, lang, data, icon }) => ({ title, body, tag, dir, lang, data, icon })))"""
# What the browser does when a notification is pressed; a test cannot press one.
PRESS = """async () => {
  const [notification] = await self.registration.getNotifications();
  let work;
  const opened = [];
  self.clients.openWindow = async (address) => { opened.push(address); return null; };
  WindowClient.prototype.focus = async function () { opened.push(`focus ${this.url}`); return this; };
  const event = new NotificationEvent("notificationclick", { notification });
  Object.defineProperty(event, "waitUntil", { value: (promise) => { work = promise; } });
  self.dispatchEvent(event);
  await work;
  return opened;
}"""


# What the browser does when its push service gives it another address.
CHANGE = """async (body) => {
  const event = new Event("pushsubscriptionchange");
  let work;
  event.waitUntil = (promise) => { work = promise; };
  event.newSubscription = { toJSON: () => body };
  self.dispatchEvent(event);
  await work;
}"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = PushService(tmp_path_factory.mktemp("push-service"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, service):
    """A site that may talk to the push service."""
    folder = tmp_path_factory.mktemp("push-site")
    made = Stack(folder, PUSH_SERVICES=service.host, SSL_CERT_FILE=str(service.authority))
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def creator(site, clip):
    """Somebody with a video that is not public yet."""
    caller = Caller(site).sign_up("push-creator")
    uploaded = caller.upload(clip, visibility="private", title="Breaking news")
    caller.video = caller.wait(uploaded, "ready")["id"]
    for name in ("push-reader", "push-renewed", "push-blocked", "push-offered"):
        Caller(site).sign_up(name)
    return caller


@pytest.fixture
def open_as(playwright, site, service, tmp_path):
    """Return a function that signs an account in, in a browser of its own: private windows have no notifications."""
    contexts = []

    def opened(name, path, permissions=("notifications",)):
        context = playwright.chromium.launch_persistent_context(
            tmp_path / name,
            executable_path=browsers.require(browsers.WHOLE),
            args=[*browsers.arguments(), "--headless=new"],
            base_url=site.url,
            viewport={"width": 1280, "height": 900},
            permissions=list(permissions),
        )
        contexts.append(context)
        context.device = service.device(name)
        context.add_init_script(STAND_IN % json.dumps(context.device.subscription()))
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        sign_in(page, name)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            assert getattr(page, "problems", []) == []
        context.close()


def until(page, get):
    for _ in range(300):
        if found := get():
            return found
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def push(page, message):
    """Give the worker a message, as the browser does with one that a push service sent."""
    session = page.context.new_cdp_session(page)
    known = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    found = until(page, lambda: [one for one in known if one["scopeURL"].endswith("/push/")])
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.evaluate("location.origin"),
            "registrationId": found[0]["registrationId"],
            "data": message if isinstance(message, str) else json.dumps(message),
        },
    )
    return until(page, lambda: page.evaluate(SHOWN))


def unread(page):
    return page.evaluate("fetch('/api/v1/me/notifications/unread').then((answer) => answer.json())")["unread"]


def test_a_new_video_is_announced_in_a_browser_and_opening_that_marks_it_as_read(
    creator, site, service, open_as
):
    page = open_as("push-reader", "/@push-creator")
    page.get_by_role("button", name=re.compile(r"^Subscribe\b")).click()
    expect(page.get_by_role("button", name="Subscribed")).to_be_visible()
    page.goto("/settings/notifications")
    switch = page.get_by_role("switch", name="Notifications in this browser")
    expect(switch).not_to_be_checked()
    assert page.evaluate("window.asked") == 0
    switch.click()
    expect(switch).to_be_checked()
    expect(page.locator(".push-browser")).to_contain_text("This browser")
    expect(page.locator(".push-browser")).to_contain_text("No notifications yet")
    assert serious_findings(page) == []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    service.public_key = page.evaluate(
        "fetch('/api/v1/me/push-subscriptions').then((answer) => answer.json())"
    )["public_key"]
    creator.json("PATCH", f"/api/v1/videos/{creator.video}", {"visibility": "public"})
    device = page.context.device
    (message,) = until(page, lambda: service.read(device))
    assert message["title"] == "\u2068push-creator\u2069 published “\u2068Breaking news\u2069”"
    for name in ("icon", "image"):
        assert page.request.get(message[name]).ok
    assert "max-age=31536000" in page.request.get(message["image"]).headers["cache-control"]

    (shown,) = push(page, message)
    assert shown["title"] == message["title"]
    assert (shown["tag"], shown["dir"], shown["lang"]) == (f"video:{creator.video}", "ltr", "en")
    (worker,) = page.context.service_workers
    assert unread(page) == 1
    (address,) = worker.evaluate(PRESS)
    assert address == f"{site.url}/watch/{creator.video}?notification={message['id']}"
    page.goto(address)
    page.wait_for_url(f"{site.url}/watch/{creator.video}")
    until(page, lambda: unread(page) == 0)

    # A page that is open already is gone to.
    said = creator.json("POST", f"/api/v1/videos/{creator.video}/comments", {"text": "Hello @push-reader"})[1]
    message = until(page, lambda: service.read(device)[1:])[-1]
    assert message["body"] == "Hello @push-reader"
    page.goto(message["url"])
    assert said["id"] in page.url
    push(page, message)
    assert unread(page) == 1
    (done,) = worker.evaluate(PRESS)
    assert done.startswith(f"focus {site.url}/watch/{creator.video}?comment=")
    until(page, lambda: unread(page) == 0)

    page.goto("/settings/notifications")
    expect(page.locator(".push-browser")).to_contain_text("Last notification")
    switch.click()
    expect(switch).not_to_be_checked()
    expect(page.locator(".push-browser")).to_have_count(0)
    switch.click()
    expect(switch).to_be_checked()
    page.locator(".push-browser").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Browser removed.")).to_be_visible()
    expect(switch).not_to_be_checked()


def test_the_worker_goes_nowhere_else_and_always_shows_something(creator, site, open_as):
    page = open_as("push-reader", "/settings/notifications")
    switch = page.get_by_role("switch", name="Notifications in this browser")
    switch.click()
    expect(switch).to_be_checked()
    for message in ({"title": "Elsewhere", "url": "https://evil.example/x"}, "not JSON", "null", "3"):
        (shown,) = push(page, message)
        assert shown["title"] == (message["title"] if isinstance(message, dict) else site.url[7:])
        (worker,) = page.context.service_workers
        assert worker.evaluate(PRESS) == [f"{site.url}/notifications"]


def test_a_subscription_that_the_browser_replaces_is_told_to_the_site(creator, site, service, open_as):
    page = open_as("push-renewed", "/settings/notifications")
    page.get_by_role("switch", name="Notifications in this browser").click()
    expect(page.locator(".push-browser")).to_have_count(1)
    (worker,) = page.context.service_workers
    worker.evaluate(CHANGE, service.device("renewed").subscription())
    page.reload()
    expect(page.locator(".push-browser")).to_have_count(2)


def test_signing_out_ends_notifications_in_the_browser(creator, site, service, open_as):
    page = open_as("push-reader", "/settings/notifications")
    page.get_by_role("switch", name="Notifications in this browser").click()
    expect(page.locator(".push-browser")).to_have_count(1)
    elsewhere = Caller(site).sign_in("push-reader")
    listed = lambda: elsewhere.json("GET", "/api/v1/me/push-subscriptions")[1]["results"]  # noqa: E731
    assert len(listed()) == 1
    page.goto("/logout")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.url}/")
    assert listed() == []


def test_the_bells_panel_offers_it_until_it_is_dismissed(creator, open_as):
    page = open_as("push-offered", "/")
    offer = page.locator("[data-push-offer]")
    page.locator(".bell").click()
    expect(offer).to_be_visible()
    assert serious_findings(page) == []
    assert page.evaluate("window.asked") == 0
    offer.get_by_role("button", name="Turn on").click()
    expect(offer).to_have_text("Notifications are on in this browser.")
    page.reload()
    page.locator(".bell").click()
    expect(page.get_by_role("dialog", name="Notifications")).to_be_visible()
    expect(offer).to_be_hidden()
    page.evaluate("localStorage.removeItem('stand-in')")
    page.reload()
    page.locator(".bell").click()
    offer.get_by_role("button", name="Not now").click()
    expect(offer).to_have_count(0)
    page.reload()
    page.locator(".bell").click()
    expect(page.get_by_role("dialog", name="Notifications")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(offer).to_be_hidden()


def test_a_browser_that_blocks_notifications_is_told_how_to_allow_them(creator, open_as):
    page = open_as("push-blocked", "/settings/notifications", permissions=())
    session = page.context.new_cdp_session(page)
    permission = {"name": "notifications"}
    session.send("Browser.setPermission", {"permission": permission, "setting": "denied"})
    page.reload()
    switch = page.get_by_role("switch", name="Notifications in this browser")
    expect(switch).to_be_disabled()
    expect(page.locator("[data-push-status]")).to_contain_text("Notifications are blocked for this site.")
    assert serious_findings(page) == []


def test_the_script_has_one_address_for_all_releases(site):
    status, headers, body = Caller(site).call("GET", "/push/worker.js")
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert headers["cache-control"] == "no-cache"
    assert b"notificationclick" in body
