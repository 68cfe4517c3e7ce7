"""A browser that walks through pages and notes what is wrong with each, and what it weighs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.support.walked_pages import BUDGETS, PEOPLE, Budget, PageRow

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

WIDTHS = (320, 390, 768, 1280, 1920)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
# What came over the wire, or did when it was put into the cache. The video's own files are not the page's.
WEIGHTS = """
() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource").filter(one => !one.name.includes("/media/v/"));
  const assets = files.filter(one => /\\.(css|m?js)$/.test(new URL(one.name).pathname));
  const sum = assets.reduce((bytes, one) => bytes + one.encodedBodySize, 0);
  return {html: page.encodedBodySize, assets: sum, requests: files.length + 1};
}
"""
FIND = """
([context, options]) => axe.run(context, options).then(found => found.violations.map(
  one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))
"""
# Interfaces that others draw: the API reference. A frame holds a page that is walked by itself.
VENDORED = {"exclude": [[".swagger-ui"]]}
# Advice, not barriers, that Django's own templates of lists do not follow.
DJANGO_ADMIN = ("empty-table-header", "label-title-only")
# What the theme decides.
THEMED = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AXE = Axe().axe_script


@dataclass
class Look:
    """One page as one person saw it at one width, in both themes."""

    who: str
    width: int
    kind: str
    path: str
    problems: list[str] = field(default_factory=list)
    html: int = 0
    assets: int = 0
    requests: int = 0


class Walk:
    """One tab of a context that opens one page after another."""

    def __init__(self, context: BrowserContext, origin: str, who: str, width: int) -> None:
        self.page: Page = context.new_page()
        self.origin, self.who, self.width = origin, who, width
        self.looks: list[Look] = []
        self.row = PageRow("", (), "")
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._failed)

    def _note(self, problem: str) -> None:
        self.looks[-1].problems.append(problem)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium repeats failed responses here; those are counted as requests.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self._note(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self._note(f"{request.url} is not of this site")

    def _response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.frame == self.page.main_frame
        if response.status >= 400 and not (is_page and response.status == self.row.status):
            self._note(f"{response.status} {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left aborts what it was loading.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"{request.url} {request.failure}")

    def look(self, row: PageRow, path: str) -> None:
        """Open a page and note what is wrong with it; ``path`` is the row's with its names filled in."""
        self.row = row
        self.looks.append(look := Look(self.who, self.width, row.kind, row.path))
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(path)
        if answer is None or answer.status != row.status:
            self._note(f"{answer and answer.status} instead of {row.status}")
        if urlsplit(self.page.url).path != urlsplit(path).path:
            self._note(f"led to {self.page.url}")
        self.page.evaluate(SETTLED)
        if (over := self.page.evaluate(TOO_WIDE)) > 0:
            self._note(f"{over} px too wide")
        self.page.evaluate(AXE)
        rules = {name: {"enabled": row.kind != "admin"} for name in DJANGO_ADMIN}
        self._examine("light", {"rules": rules})
        light = self.page.evaluate(BACKGROUND)
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate(SETTLED)
        if self.page.evaluate(BACKGROUND) == light and row.kind != "embed":
            self._note(f"{light} in both themes")
        self._examine("dark", THEMED)
        self._weigh(look)

    def _examine(self, scheme: str, options: Mapping[str, object]) -> None:
        options = {"resultTypes": ["violations"], "iframes": False, "preload": False, **options}
        for found in self.page.evaluate(FIND, [VENDORED, options]):
            self._note(f"{scheme}: {found}")

    def _weigh(self, look: Look) -> None:
        budget = BUDGETS[look.kind]
        for name, weight in self.page.evaluate(WEIGHTS).items():
            setattr(look, name, weight)
            if weight > (allowed := getattr(budget, name)):
                self._note(f"{name}: {weight}, more than {allowed}")


def walk(
    context: BrowserContext,
    origin: str,
    who: str,
    width: int,
    rows: Iterable[PageRow],
    world: Mapping[str, str],
) -> list[Look]:
    """Look at every page in both themes; return what was found."""
    way = Walk(context, origin, who, width)
    for row in rows:
        way.look(row, row.path.format_map(world))
    way.page.close()
    return way.looks


def keep(looks: Iterable[Look], file: Path) -> None:
    """Append looks to a file of JSON lines, of which ``table`` makes one table of several runs."""
    with file.open("a") as lines:
        lines.writelines(f"{json.dumps(asdict(look))}\n" for look in looks)


def table(looks: Sequence[Look]) -> str:
    """Return a Markdown table of pages, at all widths walked: findings, and the heaviest of each weight."""
    rows = {
        path: [look for look in looks if look.path == path]
        for path in dict.fromkeys(one.path for one in looks)
    }
    lines = [_HEAD, *(_line(f"`{path}`", seen[0].kind, seen) for path, seen in rows.items())]
    return "\n".join([*lines, "", summary(looks)])


def summary(looks: Sequence[Look]) -> str:
    """Return a Markdown table of the kinds of pages, with their budgets."""
    lines = [_HEAD]
    for kind, budget in BUDGETS.items():
        if seen := [look for look in looks if look.kind == kind]:
            lines.append(_line(kind, str(len({look.path for look in seen})), seen, budget))
    return "\n".join(lines).replace("| page | kind |", "| kind | pages |")


_HEAD = f"| page | kind | who | looks | findings | HTML kB | CSS and JS kB | requests |\n{'|---' * 8}|"


def _line(first: str, second: str, seen: Sequence[Look], budget: Budget | None = None) -> str:
    people = [who for who in PEOPLE if any(look.who == who for look in seen)]
    cells = [
        first,
        second,
        ", ".join(people),
        str(2 * len(seen)),
        str(sum(len(look.problems) for look in seen)),
    ]
    for name, unit in (("html", 1000), ("assets", 1000), ("requests", 1)):
        most = max(getattr(look, name) for look in seen)
        cells.append(f"{most / unit:.3g}" + (f" of {getattr(budget, name) / unit:.3g}" if budget else ""))
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    walked = [Look(**json.loads(line)) for line in Path(sys.argv[1]).read_text().splitlines()]
    sys.stdout.write(f"{table(walked)}\n")
