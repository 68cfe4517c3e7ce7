"""Find a Chromium: ``CHROMIUM_BIN``, then PATH, then Playwright's own; as root on Debian, install a package.

The headless shell comes first: it draws no windows, and the browser tests take a fifth less time with it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, ViewportSize

INSTALL_SECONDS = 180
PACKAGES = ("chromium-headless-shell", "chromium")  # Debian's
# Those with a back/forward cache, which the shell has not.
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = (PACKAGES[0], *WHOLE)
ARGUMENTS = (
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
)

# How long a busy machine may take for what a quiet one does at once.
PATIENCE_SECONDS = 60

# Turns "Autoplay next video" off for a viewer who has not set it: after the page is parsed, before its modules run.
STAY = """
document.addEventListener("readystatechange", () => {
  const frame = document.querySelector("[data-player]");
  if (frame && document.readyState === "interactive") frame.dataset.autoplayNext = "0";
});
"""


class BrowserMissingError(Exception):
    """No browser; the message says in one line how to get one."""


def find(names: Sequence[str] = NAMES) -> str | None:
    """Return the path of the first browser of ``names`` that is there; ``None`` when there is none."""
    named = os.environ.get("CHROMIUM_BIN", "").strip()
    if named and Path(named).name not in set(NAMES) - set(names):
        return named if os.access(named, os.X_OK) else None
    for name in names:
        if path := shutil.which(name):
            return path
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def require(names: Sequence[str] = NAMES) -> str:
    """Return the path of a browser of ``names``; as root on Debian, install the first one's package if it is missing.

    Raises ``BrowserMissingError``.
    """
    path = find(names)
    if not (path and os.environ.get("CHROMIUM_BIN")) and names[0] in PACKAGES and not shutil.which(names[0]):
        _install(names[0])
        path = find(names)
    if path is None:
        raise BrowserMissingError(
            "no Chromium found: install the package 'chromium', or set CHROMIUM_BIN to a Chromium or Chrome"
        )
    return path


def _install(package: str) -> None:
    """Install one of Debian's packages when that is possible."""
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        for command in (["update"], ["install", "-y", package]):
            with suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    [apt, "-qq", *command], check=False, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS
                )


def arguments() -> list[str]:
    """Command line switches: no traffic of the browser's own; no sandbox for root, who cannot have one."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


class ContextOptions(TypedDict, total=False):
    """Playwright's options of a context, as far as tests use them."""

    base_url: str
    viewport: ViewportSize
    timezone_id: str
    color_scheme: Literal["dark", "light", "no-preference"]
    java_script_enabled: bool
    bypass_csp: bool
    has_touch: bool
    storage_state: StorageState | None
    reduced_motion: Literal["no-preference", "reduce"]


class IsolatedBrowser:
    """A Chromium for one file of tests: its contexts are closed with it, and the process if it was started for it.

    Its watch pages stay when a video ends, whatever else the test waits for; with ``autoplay``, they go on to the
    next video as a viewer's do.
    """

    def __init__(self, browser: Browser, *, autoplay: bool = False, is_own: bool = False) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._is_own = is_own
        self._autoplay = autoplay

    def new_context(self, **options: Unpack[ContextOptions]) -> BrowserContext:
        """Open a context with Playwright's options."""
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        if not self._autoplay:
            context.add_init_script(STAY)
        self._contexts.append(context)
        return context

    def new_page(self, **options: Unpack[ContextOptions]) -> Page:
        """Open a page in a context of its own, with the context's options."""
        return self.new_context(**options).new_page()

    def close(self) -> None:
        """Close what was opened, also after a test without a browser, to which Playwright's loop was not shown.

        Without the loop, closing a context that a failed test left open ends the connection to Playwright's driver, and
        with it every browser of the process.
        """
        asyncio._set_running_loop(self._browser._loop)
        for context in self._contexts:
            context.close()
        if self._is_own:
            self._browser.close()


def launch(playwright: Playwright, switches: Sequence[str] | None = None) -> IsolatedBrowser:
    """Start a Chromium with ``switches``, by default those of ``arguments()``, for a file that needs one of its own."""
    return IsolatedBrowser(start(playwright, switches), is_own=True)


def start(playwright: Playwright, switches: Sequence[str] | None = None) -> Browser:
    """Start a Chromium with ``switches``, by default those of ``arguments()``."""
    return playwright.chromium.launch(
        executable_path=require(), args=arguments() if switches is None else list(switches)
    )


def until(page: Page, expression: str, seconds: float = 20) -> Any:
    """Poll ``expression`` in the page until it is truthy and return it; ``v`` in it is the player's ``<video>``.

    Playwright's own ``wait_for_function`` needs ``unsafe-eval``, which the site's policy forbids.
    """
    from playwright.sync_api import Error

    value = None
    for _ in range(int(seconds * 20)):
        try:
            value = page.evaluate(
                f"() => {{ const v = document.querySelector('video'); return {expression}; }}"
            )
        except Error as error:  # the page is being changed
            value = str(error)
        else:
            if value:
                return value
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} stayed {value!r}")
