"""MongoDB's clock decides what is due and what is old, also on a host whose own clock is wrong."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from streamsite import trash
from streamsite.mongo import clock
from streamsite.mongo.engine.client import get_client
from streamsite.tasks import queue
from streamsite.tasks.periodic import enqueue_periodic_tasks
from videos.models import Status, Video
from videos.processing import cleanup

HOUR = timedelta(hours=1)


def mongodb_time() -> datetime:
    return get_client("default").admin.command("hello")["localTime"].replace(tzinfo=UTC)


@pytest.fixture
def clock_is_off(monkeypatch):
    """Put this machine's clock ahead, or back, by a time."""
    right = timezone.now

    def put(by: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: right() + by)

    return put


def test_it_is_asked_once_and_then_carried_on(database):
    clock._answers.clear()
    first = clock.server_now()
    (answer,) = clock._answers
    assert first < clock.server_now()
    assert clock._answers == [answer]
    assert abs(mongodb_time() - clock.server_now()) < timedelta(seconds=2)


def test_periodic_tasks_are_due_by_mongodb_s_clock(database, clock_is_off, settings):
    settings.PERIODIC_TASKS = {"videos.tasks.sweep": 600}
    clock_is_off(5 * HOUR)
    enqueue_periodic_tasks()
    job = queue.find_named("every:videos.tasks.sweep")
    assert job is not None
    assert abs(job["run_at"].replace(tzinfo=UTC) - mongodb_time() - timedelta(seconds=600)) < timedelta(
        seconds=30
    )


@pytest.fixture
def orphan(settings):
    """A picture that nobody has, just made; what other tests left behind is gone."""
    for path in (*cleanup.preview().listed, "media/profiles"):
        shutil.rmtree(Path(settings.DATA_DIR) / path, ignore_errors=True)
    folder = Path(settings.MEDIA_ROOT) / "profiles" / "AAAAAAAAAAAAAAAA"
    folder.mkdir(parents=True)
    (folder / "avatar-96.webp").write_bytes(b"picture")
    return folder


@pytest.mark.parametrize("by", [5 * HOUR, -5 * HOUR])
def test_the_sweeper_takes_nothing_early_by_a_wrong_clock(cast, clock_is_off, by, settings, orphan):
    settings.SWEEP_GRACE_SECONDS = 3_600
    draft = Video.objects.create(channel=cast.owner, title="Draft", status=Status.UPLOADING)
    clock_is_off(by)
    assert not cleanup.preview().listed
    assert trash.clock_days()[0] <= mongodb_time().date() <= trash.clock_days()[1]
    assert Video.objects.filter(pk=draft.pk).exists()
    for path in (*orphan.iterdir(), orphan):
        os.utime(path, (0, 0))
    assert list(cleanup.preview().listed) == [f"media/profiles/{orphan.name}"]
