"""A change of visibility at a time: from any state to any other."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from streamsite.models import Job
from streamsite.mongo.collections import collection
from streamsite.tasks.worker import Worker
from streamsite.visibility import is_listed
from tests.support.forms import form_data
from tests.support.older_database import simulate_older_database
from videos import playback_gate, schedules, services, tasks
from videos.forms import VISIBILITY_FIELDS
from videos.models import Video
from videos.processing import downloads
from videos.signals import generation_completed


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
    due = timezone.now() + timedelta(seconds=1.5)
    assert schedule(cast, video, seconds=1.5).status_code == 200
    worker = Worker(["default"])
    worker.run(once=True)
    early = Video.objects.get(pk=video.pk)
    # On a busy machine the worker may get its turn only when it is time.
    assert early.visibility == "private" or early.published_at >= due
    deadline = time.monotonic() + 60
    while (found := Video.objects.get(pk=video.pk)).visibility == "private":
        assert time.monotonic() < deadline
        worker.run(once=True)
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


# --- who decides last -----------------------------------------------------------------------------


def later(hours=1):
    return time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True)


def visibility_of(video):
    return Video.objects.get(pk=video.pk).visibility


def by_patch(cast, video, value):
    path = f"/api/v1/videos/{video.pk}"
    answer = cast.api("owner").patch(path, {"visibility": value}, format="json")
    assert (answer.json()["publish_at"], answer.json()["publish_visibility"]) == (None, None)


def by_form(cast, video, value):
    page, url = cast.page("owner"), f"/studio/videos/{video.pk}"
    assert "cancels the schedule" in page.get(url).content.decode()
    sent = as_shown(page, url) | {"visibility": value}
    assert (
        "The scheduled change to Public was canceled." in page.post(url, sent, follow=True).content.decode()
    )


def by_bulk(cast, video, value):
    body = {"video_ids": [video.pk], "action": "visibility", "value": value}
    answer = cast.api("owner").post("/api/v1/studio/videos/bulk", body, format="json").json()
    said = "The scheduled change to Public was canceled."
    assert answer["results"] == [{"video_id": video.pk, "outcome": "changed", "code": None, "detail": said}]


def by_bulk_on_the_page(cast, video, value):
    sent = {"video_ids": video.pk, "action": "visibility", "value_visibility": value}
    page = cast.page("owner").post("/studio/videos/bulk", sent, follow=True)
    assert "1 video updated. 1 scheduled change was canceled." in page.content.decode()


def by_admin(cast, video, value):
    page, url = cast.page("staff"), f"/admin/videos/video/{video.pk}/change/"
    sent = form_data(page.get(url).context["adminform"].form) | {"visibility": value}
    assert (
        "The scheduled change to Public was canceled." in page.post(url, sent, follow=True).content.decode()
    )


def as_shown(page, url):
    """Return the fields of the page's form, unchanged."""
    return form_data(page.get(url).context["form"])


BY_HAND = [by_patch, by_form, by_bulk, by_bulk_on_the_page, by_admin]


@pytest.mark.parametrize("by", BY_HAND)
def test_a_choice_by_hand_cancels_the_schedule_and_says_so(cast, by):
    video = cast.video(visibility="private")
    schedule(cast, video)
    by(cast, video, "public")
    by_patch(cast, video, "private")
    with later():
        assert services.apply_schedule() == 0
    assert visibility_of(video) == "private"


def test_choosing_the_present_visibility_is_a_choice_too(cast):
    for by in (by_patch, by_bulk, by_bulk_on_the_page):
        video = cast.video(visibility="private")
        schedule(cast, video)
        by(cast, video, "private")
        with later():
            assert services.apply_schedule() == 0
        assert visibility_of(video) == "private"


def test_a_decision_of_staff_cancels_it(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    listed = reverse("admin:videos_video_changelist")
    sent = {"action": "take_down", "_selected_action": [video.pk]}
    assert "was canceled" in cast.page("staff").post(listed, sent, follow=True).content.decode()
    services.restore(video.pk)
    with later():
        assert services.apply_schedule() == 0
    assert visibility_of(video) == "private"


def test_a_schedule_made_while_a_video_is_taken_down_waits_and_stays(cast):
    video = cast.video(visibility="private")
    services.take_down(video.pk)
    schedule(cast, video)
    with later():
        assert services.apply_schedule() == 0
        services.restore(video.pk)
        assert services.apply_schedule() == 1


def test_a_schedule_and_a_visibility_in_one_change_both_hold(cast):
    video = cast.video(visibility="public")
    answer = schedule(cast, video, visibility="private", publish_visibility="unlisted").json()
    assert (answer["visibility"], answer["publish_visibility"]) == ("private", "unlisted")
    with later():
        assert services.apply_schedule() == 1
    assert visibility_of(video) == "unlisted"


def test_a_new_schedule_does_not_inherit_what_a_former_one_changed_to(cast):
    video = cast.video(visibility="public")
    schedule(cast, video, publish_visibility="private")
    with later():
        services.apply_schedule()
        schedule(cast, video)
    with later(2):
        assert services.apply_schedule() == 1
    assert visibility_of(video) == "public"


def test_what_was_read_can_be_sent_back(cast):
    video, path = cast.video(visibility="private"), "/api/v1/videos/"
    for _ in range(2):
        body = cast.api("owner").get(f"{path}{video.pk}").json()
        sent = {name: body[name] for name in ("title", *VISIBILITY_FIELDS)}
        answer = cast.api("owner").patch(f"{path}{video.pk}", sent, format="json")
        assert answer.status_code == 200
        assert answer.json()["publish_at"] == body["publish_at"]
        schedule(cast, video)


def test_other_changes_leave_the_schedule_and_the_queue_alone(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    waiting = Job.objects.filter(task=tasks.change_visibility.module_path).count()
    page, url = cast.page("owner"), f"/studio/videos/{video.pk}"
    assert page.post(url, as_shown(page, url) | {"title": "Another"}).status_code == 302
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"title": "A third"}, format="json")
    assert Job.objects.filter(task=tasks.change_visibility.module_path).count() == waiting
    with later():
        assert services.apply_schedule() == 1


def test_a_page_that_was_opened_before_the_time_does_not_undo_it(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    page, url = cast.page("owner"), f"/studio/videos/{video.pk}"
    sent = as_shown(page, url) | {"title": "Another"}
    with later():
        services.apply_schedule()
        # Scripts write the same moment in another form.
        sent["publish_at"] += ":00.000Z"
        assert page.post(url, sent).status_code == 302
    video.refresh_from_db()
    assert (video.title, video.visibility, video.publish_at) == ("Another", "public", None)


def test_the_schedule_is_changed_in_the_form_with_the_visibility(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    page, url = cast.page("owner"), f"/studio/videos/{video.pk}"
    sent = as_shown(page, url) | {"visibility": "unlisted", "publish_visibility": "private"}
    page.post(url, sent)
    video.refresh_from_db()
    assert (video.visibility, video.publish_visibility, bool(video.publish_at)) == (
        "unlisted",
        "private",
        True,
    )
    with later():
        assert services.apply_schedule() == 1
    assert visibility_of(video) == "private"


# --- asked again at its time ----------------------------------------------------------------------


def test_a_time_comes_back_with_a_form_that_was_refused(cast):
    """Scripts send it with its zone, and inputs for times take none."""
    video = cast.video(visibility="private")
    page, url = cast.page("owner"), f"/studio/videos/{video.pk}"
    at = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    refused = page.post(url, as_shown(page, url) | {"title": "", "publish_at": f"{at}:00.000Z"})
    assert refused.status_code == 400
    shown = re.search(r'<input type="datetime-local" [^>]*>', refused.content.decode())[0]
    assert f'value="{at}"' in shown


def test_a_schedule_of_another_epoch_does_nothing_and_goes(cast):
    """Something changed who may see the video and left the schedule, which was made for what was before."""
    video = cast.video(visibility="private")
    schedule(cast, video)
    Video.objects.filter(pk=video.pk).update(visibility_epoch=F("visibility_epoch") + 1)
    with later():
        assert services.apply_schedule() == 0
    video.refresh_from_db()
    assert (video.visibility, video.publish_at) == ("private", None)


def test_one_of_the_previous_release_has_no_epoch_and_holds(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    collection("videos_video").update_one({"_id": video.pk}, {"$unset": {"schedule_epoch": ""}})
    with later():
        assert services.apply_schedule() == 1
    assert visibility_of(video) == "public"


def test_a_change_between_looking_and_acting_wins(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    with later():
        read = next(schedules.iter_due())
        by_patch(cast, video, "private")
        assert not schedules.apply_change(read)
        schedule(cast, video, seconds=7200)
        assert not schedules.apply_change(read)
        schedules.drop_schedule(read)
    assert Video.objects.get(pk=video.pk).publish_at


def test_a_video_in_processing_becomes_public_once_it_is_ready(cast):
    video = cast.video(ready=False, visibility="private", status="processing", generation="early")
    closing = cast.video(ready=False, status="processing")
    schedule(cast, video)
    schedule(cast, closing, publish_visibility="private")
    with later():
        assert services.apply_schedule() == 1
        assert visibility_of(closing) == "private"
        assert visibility_of(video) == "private"
        assert "On hold. The video isn&#x27;t ready yet." in (
            cast.page("owner").get(f"/studio/videos/{video.pk}").content.decode()
        )
        Video.objects.filter(pk=video.pk).update(status="ready", is_complete=True)
        generation_completed.send(sender=Video, video_id=video.pk)
        Worker(["default"]).run(once=True)
    video.refresh_from_db()
    assert (video.visibility, video.listed) == ("public", True)


def test_an_account_that_is_closed_or_suspended_publishes_nothing(cast):
    video = cast.video(visibility="private")
    schedule(cast, video)
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    with later():
        assert services.apply_schedule() == 0
        User.objects.filter(pk=cast.owner.pk).update(is_active=True)
        assert services.apply_schedule() == 1


def test_publishing_twice_is_announced_once(cast):
    video = cast.video(visibility="private")
    cast.api("member").put("/api/v1/channels/owner/subscription")
    for _ in range(2):
        schedule(cast, video)
        with later():
            services.apply_schedule()
        by_patch(cast, video, "private")
    assert collection("subscriptions_broadcast").count_documents({"subject": video.pk}) == 1
    assert cast.api("member").get("/api/v1/me/notifications").json()["results"] == []


def test_what_was_never_listed_is_not_counted_as_published(cast, monkeypatch):
    """Its owner makes a video private again while it is being listed: the next time is the first one."""
    video = cast.video(visibility="private")

    def meanwhile(visibility):
        Video.objects.filter(pk=video.pk).update(visibility="private")
        return is_listed(visibility)

    Video.objects.filter(pk=video.pk).update(visibility="public")
    monkeypatch.setattr(playback_gate, "is_listed", meanwhile)
    services.refresh_listing(video.pk)
    found = Video.objects.get(pk=video.pk)
    assert (found.listed, found.published_at) == (False, None)


def test_a_download_that_is_no_longer_offered_is_not_made(cast, monkeypatch):
    video = cast.video(allow_download=True)
    Video.objects.filter(pk=video.pk).update(allow_download=False)
    monkeypatch.setattr(downloads, "make_download", pytest.fail)
    tasks.make_download.func(video.pk)
    assert not Video.objects.get(pk=video.pk).has_download


def test_an_older_database_publishes_nothing_until_the_operator_goes_on(cast):
    """Its owner may have canceled the schedule since the backup."""
    video = cast.video(visibility="private")
    schedule(cast, video)
    with later():
        with simulate_older_database():
            tasks.change_visibility.func()
            assert visibility_of(video) == "private"
        tasks.change_visibility.func()
    assert visibility_of(video) == "public"
