"""A change of visibility at a time: from any state to any other."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from streamsite.tasks.worker import Worker
from videos import services
from videos.models import Video


def schedule(cast, video, seconds=60, **fields):
    at = timezone.now() + timedelta(seconds=seconds)
    sent = {"publish_at": at.isoformat(), **fields}
    return cast.api("owner").patch(f"/api/v1/videos/{video.pk}", sent, format="json")


@pytest.mark.parametrize("after", ["public", "unlisted", "private"])
@pytest.mark.parametrize("before", ["public", "unlisted", "private"])
def test_any_state_becomes_any_state_at_its_time(cast, before, after):
    video = cast.video(visibility=before)
    answer = schedule(cast, video, publish_visibility=after)
    assert answer.status_code == 200
    assert answer.json()["publish_at"]
    assert services.apply_schedule() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        assert services.apply_schedule() == 1
        assert services.apply_schedule() == 0
    video.refresh_from_db()
    assert (video.visibility, video.publish_at, video.listed) == (after, None, after == "public")
    assert User.objects.get(pk=cast.owner.pk).video_count == (after == "public")


def test_the_queue_wakes_up_in_time(cast):
    video = cast.video(visibility="private")
    assert schedule(cast, video, seconds=0.5).status_code == 200
    worker = Worker(["default"])
    worker.run(once=True)
    assert Video.objects.get(pk=video.pk).visibility == "private"
    import time

    time.sleep(0.7)
    worker.run(once=True)
    found = Video.objects.get(pk=video.pk)
    assert (found.visibility, found.listed) == ("public", True)
    assert found.published_at


def test_a_schedule_is_cancelled_with_null(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    answer = cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"publish_at": None}, format="json")
    assert answer.json()["publish_at"] is None
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        assert services.apply_schedule() == 0


@pytest.mark.parametrize(
    "moment", ["2001-01-01T00:00:00Z", "tomorrow", "2999-01-01T00:00:00Z", 5, True, "2030-13-40T00:00:00Z"]
)
def test_times_that_make_no_sense_are_named(cast, moment):
    video = cast.video()
    answer = cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"publish_at": moment}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["publish_at"])


def test_only_the_owner_reads_the_schedule(cast):
    video = cast.video(visibility="public")
    schedule(cast, video, publish_visibility="private")
    assert cast.api("stranger").get(f"/api/v1/videos/{video.pk}").json()["publish_at"] is None
