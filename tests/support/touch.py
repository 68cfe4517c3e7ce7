"""Fingers in a browser: a drag by touch, as a phone sends it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

STEPS = 12


def drag_by_touch(page: Page, handle: Locator, target: Locator) -> None:
    """Put a finger on the middle of ``handle``, move it in steps to the middle of ``target``, and lift it."""
    handle.scroll_into_view_if_needed()
    begin, end = _middle(handle), _middle(target)
    session = page.context.new_cdp_session(page)
    for step in range(STEPS + 1):
        x, y = (a + (b - a) * step / STEPS for a, b in zip(begin, end, strict=True))
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        # A finger takes longer than a frame between two places.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def _middle(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box is not None, "it is not shown"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
