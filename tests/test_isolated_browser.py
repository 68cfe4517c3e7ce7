"""The browser of a file of tests is closed whatever its last test was, and others go on."""

from __future__ import annotations

import asyncio

import pytest

from tests.support import browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


def test_a_context_that_a_failed_test_left_open_is_closed_without_a_loop(playwright, shared_chromium):
    alone = browser.launch(playwright)
    alone.new_page().goto("data:text/html,<title>Left open</title>")
    asyncio._set_running_loop(None)  # as in the teardown of a test without a browser
    alone.close()
    page = browser.IsolatedBrowser(shared_chromium).new_page()
    page.goto("data:text/html,<title>Another</title>")
    assert page.title() == "Another"
    page.context.close()
