"""The watch page of a video that waits for space on the disk."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from pymongo import MongoClient

from tests.support.http_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def waiting(site, clip):
    """A video whose job was put back for want of space, while no worker goes on: its owner and its id."""
    workers = site.children("run_worker")
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        owner = Caller(site).sign_up("space-owner").sign_in_to_pages("space-owner")
        video_id = owner.upload(clip, visibility="unlisted")
        with MongoClient((site.data_dir / "run" / "mongodb-uri").read_text().strip()) as client:
            put_back = {
                "waiting": {"for": "space", "bytes": 10**9},
                "run_at": datetime(2026, 1, 1) + timedelta(days=36_500),
            }
            jobs = client["streamsite"]["task_job"]
            assert jobs.update_one({"args": [video_id]}, {"$set": put_back}).modified_count == 1
            yield owner, video_id
            jobs.update_one(
                {"args": [video_id]}, {"$set": {"run_at": datetime(2026, 1, 1)}, "$unset": {"waiting": ""}}
            )
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    owner.wait(video_id, "ready")


def test_the_owner_reads_that_it_waits(site, chromium, waiting):
    owner, video_id = waiting
    context = chromium.new_context(base_url=site.url, viewport={"width": 390, "height": 844})
    context.add_cookies(
        [{"name": key, "value": value, "url": site.url} for key, value in owner.cookies.items()]
    )
    page = context.new_page()
    page.goto(f"/watch/{video_id}")
    state = page.locator("[data-player-state]")
    expect(state).to_contain_text("Waiting for free space on the server.")
    expect(state.locator("progress")).to_be_hidden()
    context.close()
