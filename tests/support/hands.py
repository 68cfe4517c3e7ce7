"""Two ways to use a page: by pointer, with every click counted, and by keyboard alone, with every stop looked at.

Both have the same methods, so that one script of a task serves both. A click is a press of the pointer; a key is one
that types no text; an entry is a field that is filled or a file that is chosen, with the click or Tab that leads there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from playwright.sync_api import FilePayload, Locator, Page

MOST_TABS = 150
# Inner stops of one element: the parts of a date, the controls of a native player.
MOST_INNER_STOPS = 12
# Looks at a stop that is not seen yet, 100 ms apart.
MOST_SECOND_LOOKS = 20
# What has the focus, and what is wrong with how it shows it. The ring may be on the element, on the host or a part of
# its shadow tree, or on a label or box around it.
STOP = """() => {
  let node = document.activeElement;
  if (!node || node === document.body) return { name: '', problem: '' };
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const hosts = [];
  for (let at = node; at; at = at.getRootNode().host) hosts.push(at);
  const around = [];
  for (let at = hosts.at(-1); at && around.length < 5; at = at.parentElement) around.push(at);
  const hasOutline = (at) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    return outlineStyle !== 'none' && outlineWidth !== '0px';
  };
  const hasRing = (at) => hasOutline(at) || getComputedStyle(at).boxShadow !== 'none';
  // The browser draws the focus of its own player's controls where no script can look.
  const isNative = node.matches('video[controls]');
  const ringed = isNative ? node : hosts.find(hasRing) ?? [...around, ...node.labels ?? []].find(hasOutline);
  const words = node.ariaLabel ?? node.labels?.[0]?.textContent ?? node.textContent;
  const name = `${node.localName}.${node.className} ${node.id} ${words.trim().slice(0, 40)}`;
  if (!ringed) return { name, problem: 'shows no focus' };
  const { left, top, right, bottom } = ringed.getBoundingClientRect();
  const parts = [0.1, 0.5, 0.9];
  const spots = parts.flatMap(x => parts.map(y => [left + (right - left) * x, top + (bottom - top) * y]));
  const isSeen = spots.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (ringed.contains(hit) || hit.contains(ringed) || hit.shadowRoot?.contains(ringed));
  });
  return { name, problem: isSeen ? '' : 'is covered or out of view' };
}"""
HAS_FOCUS = """element => {
  let node = document.activeElement;
  while (node) {
    if (node === element) return true;
    node = node.shadowRoot?.activeElement;
  }
  return false;
}"""
IN_GROUP = """radio => {
  const { name, type } = document.activeElement;
  return type === 'radio' && name === radio.name;
}"""


class Hand(Protocol):
    """A way to use a page."""

    page: Page

    def press(self, target: Locator) -> None:
        """Use a link, a button or a disclosure."""

    def pick(self, target: Locator) -> None:
        """Choose one of several radio buttons."""

    def fill(self, target: Locator, text: str) -> None:
        """Type a text into a field."""

    def fill_time(self, target: Locator, when: datetime) -> None:
        """Type a local date and time."""

    def select(self, target: Locator, label: str) -> None:
        """Choose from a list."""

    def attach(self, target: Locator, file: FilePayload) -> None:
        """Choose a file of the device."""

    def submit(self) -> None:
        """Press Enter in the field that was filled last."""

    def move_up(self, row: Locator, to: Locator, button: Locator) -> None:
        """Move a row of a list to the place of the row above it."""


class Pointer:
    """Uses a mouse and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.entries = 0

    def press(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def pick(self, target: Locator) -> None:
        self.press(target)

    def fill(self, target: Locator, text: str) -> None:
        self.entries += 1
        target.fill(text)

    def fill_time(self, target: Locator, when: datetime) -> None:
        self.fill(target, f"{when:%Y-%m-%dT%H:%M}")

    def select(self, target: Locator, label: str) -> None:
        self.clicks += 2  # to open the list, and on the option
        target.select_option(label=label)

    def attach(self, target: Locator, file: FilePayload) -> None:
        self.entries += 1
        with self.page.expect_file_chooser() as chooser:
            self.press(target)
        chooser.value.set_files(file)

    def submit(self) -> None:
        self.keys += 1
        self.page.keyboard.press("Enter")

    def move_up(self, row: Locator, to: Locator, button: Locator) -> None:
        self.clicks += 1  # held down and dragged
        row.drag_to(to, target_position={"x": 60, "y": 4})


class Keyboard:
    """Uses nothing but keys, from where the focus is, and notes stops whose focus cannot be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        # Without a listener the first key would open a chooser that nobody intercepts.
        page.on("filechooser", lambda _chooser: None)

    def step(self, key: str = "Tab") -> str:
        """Go one stop further; return the name of what has the focus now.

        A page that is still scrolling or growing has some time to bring it into view.
        """
        self.page.keyboard.press(key)
        stop = self.page.evaluate(STOP)
        for _ in range(MOST_SECOND_LOOKS):
            if not stop["problem"]:
                break
            self.page.wait_for_timeout(100)
            stop = self.page.evaluate(STOP)
        if stop["problem"]:
            self.problems.append(f"{self.page.url}: {stop['name']} {stop['problem']}")
        return str(stop["name"])

    def reach(self, target: Locator, test: str = HAS_FOCUS) -> None:
        """Tab until ``target`` has the focus. Raise ``AssertionError`` in a trap, or when it is never reached."""
        target.wait_for(state="attached")
        stops = [""]
        while not target.evaluate(test):
            stops.append(self.step())
            assert len(set(stops[-MOST_INNER_STOPS:])) > 1 or len(stops) < MOST_INNER_STOPS, (
                f"trapped at {stops[-1]}"
            )
            assert len(stops) < MOST_TABS, f"{target} is not reached; the last stops were {stops[-20:]}"

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def pick(self, target: Locator) -> None:
        self.reach(target, IN_GROUP)
        for _ in range(10):
            if target.is_checked():
                return
            self.step("ArrowDown")
        raise AssertionError(f"{target} is not reached by arrow keys")

    def fill(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def fill_time(self, target: Locator, when: datetime) -> None:
        self.reach(target)
        self.page.keyboard.type(f"{when:%m%d%Y}")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(f"{when:%I%M%p}")

    def select(self, target: Locator, label: str) -> None:
        self.reach(target)
        self.page.keyboard.type(label)

    def attach(self, target: Locator, file: FilePayload) -> None:
        self.reach(target)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def submit(self) -> None:
        self.page.keyboard.press("Enter")

    def move_up(self, row: Locator, to: Locator, button: Locator) -> None:
        self.press(button)
