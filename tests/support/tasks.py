"""Common tasks, each from the home page, for every input method in ``tests.support.hands``."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pyotp
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.browser import until
from tests.support.hands import Hand
from tests.support.http_client import PASSWORD, Caller

WORD = "marmot"  # is spoken in the first video, and nowhere written
TITLES = ("Mountain walk", "Lake swim", "Rock climb")
SUBTITLES = "1\n00:00:00,100 --> 00:00:00,900\nGuten Tag\n"


@dataclass(frozen=True)
class Doing:
    """One person who does one task."""

    hand: Hand
    who: Caller
    name: str
    clip: Path

    @property
    def page(self) -> Page:
        """The page in their browser."""
        return self.hand.page

    def videos(self) -> list[dict[str, Any]]:
        """Return what they uploaded, the newest first."""
        found: list[dict[str, Any]] = self.who.json("GET", "/api/v1/studio/videos")[1]["results"]
        return found

    def toast(self, text: str) -> None:
        """Wait for a message."""
        expect(self.page.locator("[data-toasts]")).to_contain_text(text)


def _image() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), (200, 20, 20)).save(out, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": out.getvalue()}


def _link(page: Page, place: Literal["banner", "main", "navigation"], name: str) -> Locator:
    return page.get_by_role(place).get_by_role("link", name=name, exact=True).first


def register(do: Doing) -> None:
    hand, page = do.hand, do.page
    hand.press(_link(page, "banner", "Sign in"))
    hand.press(page.get_by_role("link", name="Create an account"))
    hand.fill(page.get_by_label("Username"), do.name)
    hand.fill(page.get_by_label("Email"), f"{do.name}@example.org")
    hand.fill(page.get_by_label("Password"), PASSWORD)
    hand.press(page.get_by_role("button", name="Create account"))
    page.wait_for_url("**/")
    expect(page.get_by_label("Account menu")).to_be_visible()


def _upload(do: Doing) -> None:
    do.hand.press(_link(do.page, "banner", "Upload"))
    file: FilePayload = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": do.clip.read_bytes()}
    do.hand.attach(do.page.locator("[data-file]"), file)


def publish(do: Doing) -> None:
    _upload(do)
    dialog = do.page.get_by_role("dialog")
    do.hand.fill(dialog.get_by_label("Title"), "Published film")
    do.hand.pick(dialog.get_by_label("Public", exact=True))
    do.hand.press(dialog.get_by_role("button", name="Publish"))
    expect(dialog).to_have_count(0)
    do.toast("Everyone can see this video")
    assert [(one["title"], one["visibility"]) for one in do.videos()][:1] == [("Published film", "public")]


def schedule(do: Doing) -> None:
    _upload(do)
    dialog = do.page.get_by_role("dialog")
    do.hand.pick(dialog.get_by_label("Schedule", exact=True))
    at = (datetime.now(UTC) + timedelta(days=3)).replace(second=0, microsecond=0)
    do.hand.fill_time(dialog.get_by_label("Publish on"), at)
    do.hand.press(dialog.get_by_role("button", name="Schedule"))
    do.toast("your time")
    assert datetime.fromisoformat(do.videos()[0]["publish_at"]) == at


def _edit(do: Doing, title: str) -> None:
    do.hand.press(_link(do.page, "navigation", "Studio"))
    do.hand.press(do.page.get_by_role("navigation", name="Studio").get_by_role("link", name="Videos"))
    do.hand.press(_link(do.page, "main", title))
    do.page.wait_for_url("**/studio/videos/*")


def thumbnail(do: Doing) -> None:
    before = do.videos()[-1]["thumbnail_url"]
    _edit(do, "Own film")
    do.hand.attach(do.page.get_by_label("Image file"), _image())
    do.hand.press(do.page.get_by_role("button", name="Save changes"))
    do.toast("Saved: Thumbnail.")
    assert do.videos()[-1]["thumbnail_url"] != before


def subtitles(do: Doing) -> None:
    _edit(do, "Own film")
    do.hand.press(do.page.get_by_text("Add subtitles"))
    new = do.page.locator("[data-new-track]")
    do.hand.select(new.get_by_label("Language"), "German")
    file: FilePayload = {"name": "de.srt", "mimeType": "text/plain", "buffer": SUBTITLES.encode()}
    do.hand.attach(new.get_by_label("Subtitle file"), file)
    do.hand.press(do.page.get_by_role("button", name="Save changes"))
    do.toast("Subtitles added")
    video = do.who.json("GET", f"/api/v1/videos/{do.videos()[-1]['id']}")[1]
    assert [track["language"] for track in video["captions"]] == ["de"]


def save_to_playlist(do: Doing) -> None:
    do.hand.press(do.page.get_by_label(f"More actions for {TITLES[0]}").first)
    do.hand.press(do.page.get_by_role("button", name="Save to playlist"))
    dialog = do.page.get_by_role("dialog", name="Save to playlist")
    expect(dialog.get_by_role("checkbox", name="Watch later")).to_be_focused()
    do.hand.fill(dialog.get_by_label("New playlist"), "Weekend")
    do.hand.press(dialog.get_by_role("button", name="Create and save"))
    expect(dialog.get_by_role("checkbox", name="Weekend")).to_be_checked()
    do.page.keyboard.press("Escape")
    expect(do.page.get_by_label(f"More actions for {TITLES[0]}").first).to_be_focused()


def reorder(do: Doing) -> None:
    do.hand.press(_link(do.page, "navigation", "Playlists"))
    do.hand.press(do.page.get_by_role("main").get_by_role("link", name="Outdoors", exact=True).last)
    rows = do.page.locator("[data-item]")
    button = do.page.get_by_role("button", name=f"Move {TITLES[2]} up")
    do.hand.move_up(rows.nth(2).locator(".item-grip"), rows.nth(1), button)
    expect(do.page.locator("[data-reorder-status]")).to_have_text(f"“{TITLES[2]}” moved to position 2.")


def follow(do: Doing) -> None:
    do.hand.press(_link(do.page, "main", TITLES[0]))
    do.hand.press(do.page.get_by_role("button", name="Subscribe to task-creator"))
    expect(do.page.get_by_role("button", name="Notifications from task-creator")).to_have_attribute(
        "aria-pressed", "true"
    )


def read_notification(do: Doing) -> None:
    do.hand.press(do.page.locator(".bell"))
    panel = do.page.get_by_role("dialog", name="Notifications")
    do.hand.press(panel.get_by_role("link", name="mentioned you").first)
    do.page.wait_for_url("**/watch/*")


def comment(do: Doing) -> None:
    do.hand.press(_link(do.page, "main", TITLES[0]))
    do.page.wait_for_url("**/watch/*")
    do.hand.fill(do.page.get_by_label("Add a comment"), f"Said by {do.name}")
    do.hand.press(do.page.get_by_role("button", name="Comment", exact=True))
    expect(do.page.locator(".comment").filter(has_text=f"Said by {do.name}")).to_be_visible()


def find_spoken_word(do: Doing) -> None:
    do.hand.fill(do.page.get_by_role("combobox", name="Search videos"), WORD)
    do.hand.submit()
    do.page.wait_for_url("**/search?q=*")
    do.hand.press(do.page.get_by_role("main").locator(".card-moment").first)
    do.page.wait_for_url(re.compile(r"/watch/[\w-]+\?t="))
    until(do.page, "v.currentTime >= 1")


def _security(do: Doing) -> None:
    do.hand.press(do.page.get_by_label("Account menu"))
    do.hand.press(_link(do.page, "banner", "Settings"))
    do.hand.press(do.page.get_by_role("main").get_by_role("link", name="Security").first)


def change_password(do: Doing) -> None:
    _security(do)
    do.hand.press(do.page.locator("summary", has_text="Change password"))
    form = do.page.locator("form[action$='/password']")
    do.hand.fill(form.get_by_label("Current password"), PASSWORD)
    do.hand.fill(form.get_by_label("New password"), "another battery staple")
    do.hand.press(form.get_by_role("button", name="Change password"))
    do.toast("Password changed")


def turn_on_two_factor(do: Doing) -> None:
    _security(do)
    do.hand.press(do.page.locator("summary", has_text="Set up"))
    do.hand.fill(do.page.locator("#proof_current_password"), PASSWORD)
    do.hand.press(do.page.get_by_role("button", name="Continue"))
    secret = do.page.locator("code.key").inner_text()
    do.hand.fill(do.page.get_by_label("Code"), pyotp.TOTP(secret).now())
    do.hand.press(do.page.get_by_role("button", name="Turn on"))
    do.hand.press(do.page.get_by_role("link", name="I've saved my codes"))
    expect(do.page.get_by_text("You'll enter a code from your app when signing in.")).to_be_visible()


def darken(do: Doing) -> None:
    do.hand.press(do.page.get_by_role("button", name="Switch to dark theme"))
    expect(do.page.locator("html")).to_have_attribute("data-theme", "dark")


def delete_account(do: Doing) -> None:
    do.hand.press(do.page.get_by_label("Account menu"))
    do.hand.press(_link(do.page, "banner", "Settings"))
    do.hand.press(do.page.get_by_role("main").get_by_role("link", name="Delete account").first)
    do.hand.fill(do.page.get_by_label("Type your username to confirm"), do.name)
    do.hand.fill(do.page.get_by_label("Current password"), PASSWORD)
    do.hand.press(do.page.get_by_role("button", name="Delete account"))
    expect(_link(do.page, "banner", "Sign in")).to_be_visible()
    assert do.who.json("GET", "/api/v1/me")[0] == 401


# Who does it: nobody yet, the person with a video, the viewer with a playlist, or somebody who does only this.
TASKS: dict[str, tuple[str, Callable[[Doing], None]]] = {
    "Create an account": ("visitor", register),
    "Upload, title and publish a video": ("maker", publish),
    "Set a thumbnail": ("maker", thumbnail),
    "Add a subtitle file": ("maker", subtitles),
    "Upload and schedule a video": ("maker", schedule),
    "Save a video from its card to a new playlist": ("viewer", save_to_playlist),
    "Move a video up in a playlist": ("viewer", reorder),
    "Subscribe to a channel with all notifications": ("viewer", follow),
    "Open what the bell announces": ("viewer", read_notification),
    "Comment on a video": ("viewer", comment),
    "Find the moment at which a word is spoken": ("viewer", find_spoken_word),
    "Change the password": ("password", change_password),
    "Turn on two-factor authentication": ("factor", turn_on_two_factor),
    "Switch to the dark theme": ("viewer", darken),
    "Delete the account": ("leaver", delete_account),
}
