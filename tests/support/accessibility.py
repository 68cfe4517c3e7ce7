"""Findings of axe-core."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.profile import is_deep

SERIOUS = {"serious", "critical"}
PHONE_WIDTH = 600
_looks: WeakKeyDictionary[Page, int] = WeakKeyDictionary()


def serious_findings(page: Page) -> list[str]:
    """Return the serious findings.

    Walks go the same way in a wide window and in a narrow one. With ``DEEP_TESTS=1`` both examine every page; else they
    take turns, since an examination takes as long as five pages.
    """
    if not (is_deep() or _is_turn(page)):
        return []
    return [
        f"{entry['id']}: {entry['nodes'][0]['html'][:160]}"
        for entry in Axe().run(page).response["violations"]
        if entry["impact"] in SERIOUS
    ]


def _is_turn(page: Page) -> bool:
    size = page.viewport_size
    is_narrow = size is not None and size["width"] < PHONE_WIDTH
    looks = _looks[page] = _looks.get(page, int(is_narrow)) + 1
    return looks % 2 == 1
