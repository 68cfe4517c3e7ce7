"""Common tasks from the home page: by pointer, in no more clicks and keys than on YouTube, and by keyboard alone.

The clicks and keys are in docs/design.md; ``UPDATE_EXPECTED=1`` writes the table there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.support.expected import ROOT, check_section
from tests.support.hands import Keyboard, Pointer
from tests.support.http_client import Caller
from tests.support.tasks import TASKS, TITLES, WORD, Doing
from tests.support.youtube_steps import YOUTUBE
from tests.tasks.conftest import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
HEAD = (
    "| task | clicks | keys | entries | YouTube: clicks | keys | entries | its clicks | known from |\n"
    "|---|--:|--:|--:|--:|--:|--:|---|---|"
)
counted: dict[str, tuple[int, int, int]] = {}


@dataclass
class World:
    """What tasks find on the site, and who has signed in to do them."""

    site: object
    clip: object
    videos: list[str]
    creator: Caller
    people: dict[str, Caller] = field(default_factory=dict)

    def person(self, name: str, role: str) -> Caller:
        """Return the account, made with what its role needs when it is asked for first."""
        if name not in self.people:
            who = self.people[name] = Caller(self.site).sign_up(name).sign_in_to_pages(name)
            if role == "viewer":
                body = {"title": "Outdoors", "video_ids": self.videos}
                assert who.json("POST", "/api/v1/playlists", body)[0] == 201
                said = {"text": f"Look at this, @{name}"}
                assert self.creator.json("POST", f"/api/v1/videos/{self.videos[0]}/comments", said)[0] == 201
                wait_until(lambda: who.json("GET", "/api/v1/me/notifications")[1]["results"])
            elif role == "maker":
                who.wait(who.upload(self.clip, title="Own film", visibility="private"), "ready")
        return self.people[name]


@pytest.fixture(scope="module")
def world(site, clip) -> World:
    """A channel with three videos; in the first, a word is spoken."""
    creator = Caller(site).sign_up("task-creator")
    videos = [creator.upload(clip, title=title, visibility="public") for title in TITLES]
    cues = [{"start": 0.1, "end": 0.9, "text": "Hello"}, {"start": 1, "end": 2, "text": f"A {WORD} appears"}]
    for video in videos:
        creator.wait(video, "ready")
    made = creator.json("POST", f"/api/v1/videos/{videos[0]}/captions", {"language": "en", "cues": cues})
    assert made[0] == 201
    found = f"/api/v1/videos?q={WORD}"
    wait_until(lambda: creator.json("GET", found)[1]["results"])
    return World(site, clip, videos, creator)


@pytest.fixture
def page(chromium, site) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": 1280, "height": 800},
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    opened, problems = context.new_page(), []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("dialog", lambda dialog: dialog.accept())
    yield opened
    assert problems == []
    context.close()


def perform(task: str, hand: Pointer | Keyboard, world: World, way: str) -> None:
    """Do a task from the home page, as somebody who has an account unless it is to get one."""
    role, run = TASKS[task]
    name = f"task-{role}-{way}"
    who = Caller(world.site) if role == "visitor" else world.person(name, role)
    cookies = [{"name": key, "value": value, "url": world.site.url} for key, value in who.cookies.items()]
    hand.page.context.add_cookies(cookies)
    hand.page.goto("/")
    run(Doing(hand, who, name, world.clip))


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_no_more_clicks_and_keys_than_on_youtube(task, page, world):
    hand = Pointer(page)
    perform(task, hand, world, "pointer")
    ours = counted[task] = (hand.clicks, hand.keys, hand.entries)
    theirs = YOUTUBE[task].counts
    assert ours[0] <= theirs[0], f"{ours} clicks, keys and entries; YouTube: {theirs}"
    assert ours[1] <= theirs[1], f"{ours} clicks, keys and entries; YouTube: {theirs}"
    assert sum(ours) <= sum(theirs), f"{ours} clicks, keys and entries; YouTube: {theirs}"


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_done_by_keyboard_with_a_focus_that_is_seen(task, page, world):
    hand = Keyboard(page)
    perform(task, hand, world, "keys")
    assert hand.problems == []


def row(task: str) -> str:
    """Return a task's row of the table."""
    theirs = YOUTUBE[task]
    numbers = " | ".join(map(str, (*counted[task], *theirs.counts)))
    return f"| {task} | {numbers} | {', '.join(theirs.clicks)} | [{theirs.basis}]({theirs.source}) |"


def test_the_table_in_the_documentation_is_what_was_counted():
    if counted.keys() != TASKS.keys():
        pytest.skip("not all tasks were done")
    check_section(ROOT / "docs" / "design.md", "### Tasks", "\n".join([HEAD, *map(row, TASKS)]))
