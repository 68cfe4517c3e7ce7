"""The job queue in Django admin: staff see and control it, nobody adds, edits or deletes."""

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from streamsite.models import Job
from streamsite.tasks import queue
from tests.tasks import samples
from videos.files import paths
from videos.models import Status
from videos.tasks import enqueue_processing

LIST = reverse("admin:streamsite_job_changelist")


@pytest.fixture
def video(cast):
    made = cast.video(status=Status.QUEUED)
    source = paths.source_path(made.pk)
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(b"film")
    enqueue_processing(made)
    return made


@pytest.fixture
def job(video):
    return Job.objects.get(queue="transcode")


@pytest.fixture
def dead(database):
    """Create a job that failed for good."""
    result = samples.crash.enqueue("<b>x</b>")
    taken = queue.take_by_id(result.id, "worker-1", 30)
    assert queue.mark_dead(taken, "LookupError: <b>no such row</b>", exception="builtins.LookupError")
    return Job.objects.get(pk=result.id)


def control_url(job, verb):
    return reverse("admin:streamsite_job_control", args=[job.pk, verb])


def shown(cast, query=""):
    return {job.pk for job in cast.page("staff").get(LIST + query).context["cl"].queryset}


def test_staff_see_jobs_with_a_link_to_the_video(cast, video, job, dead):
    answer = cast.page("staff").get(LIST).content.decode()
    assert reverse("admin:videos_video_change", args=[quote(video.pk)]) in answer
    assert "LookupError: &lt;b&gt;no such row" in answer
    assert "<b>no such row" not in answer
    assert control_url(job, "cancel") in answer
    assert control_url(dead, "retry") in answer


@pytest.mark.parametrize("who", ["owner", "anonymous"])
def test_others_are_sent_to_the_log_in(cast, job, who):
    page = cast.page(who)
    assert page.get(LIST).status_code == 302
    assert page.post(control_url(job, "cancel")).status_code == 302
    assert queue.find(job.pk)["state"] == queue.READY


def test_filters_search_and_dates(cast, video, job, dead):
    assert shown(cast, "?state=dead") == {dead.pk}
    assert shown(cast, "?queue=transcode") == {job.pk}
    assert shown(cast, f"?task={dead.task}") == {dead.pk}
    assert shown(cast, f"?q={video.pk}") == {job.pk}
    assert shown(cast, f"?q={dead.pk}") == {dead.pk}
    assert shown(cast, "?q=nothing") == set()
    assert shown(cast, f"?enqueued_at__year={dead.enqueued_at.year}") == {job.pk, dead.pk}
    assert shown(cast, "?o=1.5.-7") == {job.pk, dead.pk}


def test_detail_shows_errors_and_workers_and_cannot_be_edited(cast, dead):
    page = cast.page("staff")
    url = reverse("admin:streamsite_job_change", args=[quote(dead.pk)])
    answer = page.get(url).content.decode()
    assert "Attempt 1" in answer
    assert "worker-1" in answer
    assert 'name="_save"' not in answer
    assert page.post(url, {"state": "ready"}).status_code == 403


@pytest.mark.parametrize("verb", ["add", "delete"])
def test_nothing_is_added_or_deleted_by_hand(cast, job, verb):
    args = [job.pk] if verb == "delete" else []
    answer = cast.page("staff").post(reverse(f"admin:streamsite_job_{verb}", args=args), {"post": "yes"})
    assert answer.status_code == 403
    assert Job.objects.count() == 1


def test_buttons_cancel_and_revive(cast, video, job):
    page = cast.page("staff")
    assert page.post(control_url(job, "cancel")).status_code == 302
    video.refresh_from_db()
    assert (queue.find(job.pk)["state"], video.status) == (queue.CANCELLED, Status.FAILED)
    page.post(control_url(job, "retry"))
    video.refresh_from_db()
    assert (queue.find(job.pk)["state"], video.status) == (queue.READY, Status.QUEUED)
    page.post(control_url(job, "front"))
    assert queue.find(job.pk)["priority"] == queue.FRONT_PRIORITY


def test_buttons_want_a_post_a_verb_and_a_job(cast, job):
    page = cast.page("staff")
    assert page.get(control_url(job, "cancel")).status_code == 405
    assert page.post(control_url(job, "explode")).status_code == 404
    assert page.post(reverse("admin:streamsite_job_control", args=["none", "cancel"])).status_code == 404


def test_actions_say_what_was_not_possible(cast, job, dead):
    form = {"action": "retry_jobs", "_selected_action": [job.pk, dead.pk]}
    answer = cast.page("staff").post(LIST, form, follow=True).content.decode()
    assert "no longer possible" in answer
    assert "1 job queued again." in answer
    assert queue.find(dead.pk)["state"] == queue.READY


def test_refusal_is_shown(cast, video, job):
    page = cast.page("staff")
    page.post(control_url(job, "cancel"))
    paths.remove_source(video.pk)
    answer = page.post(control_url(job, "retry"), follow=True).content.decode()
    assert "The uploaded file was rejected and deleted." in answer


def test_staff_who_may_only_look_control_nothing(cast, job):
    looker = cast.user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_job"))
    page = Client()
    page.force_login(looker, backend="accounts.backends.LoginBackend")
    answer = page.get(LIST)
    assert answer.status_code == 200
    assert control_url(job, "cancel") not in answer.content.decode()
    assert page.post(control_url(job, "cancel")).status_code == 404
    form = {"action": "cancel_jobs", "_selected_action": [job.pk]}
    page.post(LIST, form)
    assert queue.find(job.pk)["state"] == queue.READY
