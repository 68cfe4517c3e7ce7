"""A browser that walks through pages and notes what is wrong with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

WIDTHS = (320, 390, 768, 1280, 1920)
SCHEMES = ("light", "dark")
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SETTLED = "Promise.allSettled(document.getAnimations().map(animation => animation.finished))"
# Interfaces that others draw: the API reference. A frame holds a page that is walked by itself.
VENDORED = [[".swagger-ui"]]
# Advice, not barriers, that Django's own templates of lists do not follow.
DJANGO_ADMIN = ("empty-table-header", "label-title-only")
# Not answered on purpose: the page itself says so.
MISSING = "/nothing-here"


@dataclass
class Row:
    """The result of one walk: a person's pages at one width in one theme."""

    who: str
    width: int
    scheme: str
    pages: int = 0
    too_wide: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """Everything that was wrong."""
        return [*self.too_wide, *self.console, *self.requests, *self.axe]

    def line(self) -> str:
        """Return the row of a Markdown table."""
        counts = (len(found) for found in (self.too_wide, self.console, self.requests, self.axe))
        return (
            f"| {self.who} | {self.width} | {self.scheme} | {self.pages} | {' | '.join(map(str, counts))} |"
        )


HEAD = "| who | px | theme | pages | too wide | console | requests | axe |\n|---|---|---|---|---|---|---|---|"


class Walk:
    """One page of a context that opens one path after another."""

    def __init__(self, context: BrowserContext, origin: str, row: Row) -> None:
        self.page: Page = context.new_page()
        self.origin, self.row, self.path = origin, row, ""
        self.page.on("pageerror", lambda error: row.console.append(f"{self.path}: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium repeats failed responses here; those are counted as requests.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.row.console.append(f"{self.path}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.row.requests.append(f"{self.path}: {request.url} is not of this site")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not (self.path == MISSING and response.url.endswith(MISSING)):
            self.row.requests.append(f"{self.path}: {response.status} {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left aborts what it was loading.
        if request.failure != "net::ERR_ABORTED":
            self.row.requests.append(f"{self.path}: {request.url} {request.failure}")

    def look(self, path: str) -> None:
        """Open a page and note what is wrong with it."""
        self.path = path
        self.page.goto(path)
        self.page.evaluate(SETTLED)
        self.row.pages += 1
        if (over := self.page.evaluate(TOO_WIDE)) > 0:
            self.row.too_wide.append(f"{path}: {over} px")
        rules = {name: {"enabled": not path.startswith("/admin/")} for name in DJANGO_ADMIN}
        options = {"resultTypes": ["violations"], "iframes": False, "rules": rules}
        found = Axe().run(self.page, context={"exclude": VENDORED}, options=options).response["violations"]
        self.row.axe += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def walk(context: BrowserContext, origin: str, row: Row, paths: Sequence[str]) -> Row:
    """Look at every path; return the row with what was found."""
    way = Walk(context, origin, row)
    for path in paths:
        way.look(path)
    way.page.close()
    return row
