"""The dashboard of the admin: what it shows, to whom, and at which cost; the figures that tasks compute for it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from streamsite import __version__, trash
from streamsite.figures import computing, store
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import control, figures, queue
from streamsite.tasks.heartbeats import WORKERS, Heartbeat
from tests.support.commands import recorded_queries
from tests.tasks import samples
from videos.files import paths
from videos.models import Case
from videos.moderation import cases, reportable

INDEX = reverse("admin:index")


def signed_in(user):
    page = Client()
    page.force_login(user, backend="accounts.backends.LoginBackend")
    return page


def helper(cast, *codenames):
    user = cast.user(f"helper-{len(codenames)}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(user)


def report(cast, video, reporter=None):
    target = reportable.ReportTarget("video", video.pk, cast.owner, video.title, "", video.get_absolute_url())
    return cases.report(reporter or cast.member, target, {"reason": "spam"})


def test_cases_are_shown_oldest_first(cast):
    for number in range(3):
        report(cast, cast.video(title=f"Film {number}"))
    Case.objects.filter(title="Film 2").update(created_at=timezone.now() - timedelta(days=9))
    cases.decide(Case.objects.get(title="Film 0"), cast.staff, "nothing")
    shown = cast.page("staff").get(INDEX).content.decode()
    assert "<strong>2</strong> cases are waiting" in shown
    assert shown.index("Film 2") < shown.index("Film 1")
    body = shown[shown.index('id="desk-cases"') : shown.index('id="desk-jobs"')]
    assert "Film 0" not in body
    assert reverse("admin:videos_case_next") in body


def test_workers_say_version_and_job_and_missing_ones_are_a_warning(cast):
    heartbeat = Heartbeat("worker-7", ["default", "mail"])
    result = samples.note.enqueue("x")
    heartbeat.job = {"id": str(result.id), "task": "tests.tasks.samples.note"}
    heartbeat.beat()
    shown = cast.page("staff").get(INDEX).content.decode()
    body = shown[shown.index('id="desk-jobs"') :]
    assert "No worker has run for a minute for: push, transcode, webhooks." in body
    assert f"Version {__version__} · " in body
    assert f'<a href="{reverse("admin:streamsite_job_change", args=[result.id])}">note</a>' in body
    assert "Other version" not in body
    get_database("default")[WORKERS].update_many({}, {"$set": {"version": "0.0.1"}})
    Heartbeat("worker-8", ["push", "transcode", "webhooks"]).beat()
    body = cast.page("staff").get(INDEX).content.decode()
    assert "Other version" in body
    assert "No worker has run" not in body


def test_jobs_and_workers_are_shown(cast):
    Heartbeat("worker-7", ["default", "mail"]).beat()
    result = samples.crash.enqueue("x")
    queue.mark_dead(queue.take_by_id(result.id, "worker-7", 30), "LookupError: <b>no row</b>")
    samples.crash.enqueue("y")
    samples.crash.using(run_after=timezone.now() + timedelta(days=1)).enqueue("later")
    counts = {row["queue"]: row for row in control.count_by_queue()}
    assert counts["default"] == {"queue": "default", "waiting": 1, "running": 0, "failed": 1}
    shown = cast.page("staff").get(INDEX).content.decode()
    assert "worker-7" in shown
    assert "LookupError: &lt;b&gt;no row" in shown
    assert reverse("admin:streamsite_job_change", args=[result.id]) in shown
    # Nobody takes videos.
    assert "No worker" in shown[shown.index("transcode") :]


def test_figures_are_computed_by_tasks_and_only_read_by_the_page(cast):
    page = cast.page("staff")
    assert "Nothing has been counted yet" in page.get(INDEX).content.decode()
    figures.measure_storage.func()
    before = store.load(store.STORAGE)[store.STORAGE]["values"]
    video = cast.video()
    cast.member  # noqa: B018 - makes the account
    folder = paths.generation_dir(video.pk, "gen1")
    folder.mkdir(parents=True)
    for name, size in (("a.m4s", 5_000), ("master.m3u8", 10), ("poster.webp", 700), ("storyboard.vtt", 20)):
        (folder / name).write_bytes(b"x" * size)
    source = paths.source_path(video.pk)
    source.parent.mkdir(parents=True)
    source.write_bytes(b"x" * 9_000)
    figures.count_days.func()
    figures.measure_storage.func()
    found = store.load(store.DAILY, store.STORAGE)
    sizes = {kind: size - before[kind] for kind, size in found[store.STORAGE]["values"].items()}
    assert sizes["renditions"] == 5_010
    assert sizes["thumbnails"] == 720
    assert sizes["sources"] == 9_000
    assert before["database"] > 0
    today = max(found[store.DAILY]["values"]["signups"])
    assert len(found[store.DAILY]["values"]["signups"]) == computing.DAYS
    assert found[store.DAILY]["values"]["signups"][today] == User.objects.count()
    assert found[store.DAILY]["values"]["uploads"][today] == 1
    trash.move(folder)
    figures.measure_storage.func()
    after = store.load(store.STORAGE)[store.STORAGE]["values"]
    assert (after["renditions"] - before["renditions"], after["trash"] - before["trash"]) == (0, 5_730)
    shown = page.get(INDEX).content.decode()
    assert "Original files" in shown
    assert 'aria-label="Sign-ups:' in shown
    assert "View as table" in shown


def test_days_that_are_over_are_counted_once(cast):
    cast.owner  # noqa: B018 - makes the account
    yesterday = timezone.now() - timedelta(days=1)
    User.objects.update(created_at=yesterday)
    figures.count_days.func()
    User.objects.all().delete()
    figures.count_days.func()
    counts = store.load(store.DAILY)[store.DAILY]["values"]["signups"]
    assert counts[yesterday.date().isoformat()] == 1


def test_the_dashboard_costs_the_same_however_much_there_is(cast):
    page = cast.page("staff")
    page.get(INDEX)
    with recorded_queries() as empty:
        page.get(INDEX)
    for number in range(12):
        report(cast, cast.video(title=f"Film {number}"))
        samples.crash.enqueue(str(number))
        Heartbeat(f"worker-{number}", ["default"]).beat()
    figures.count_days.func()
    with recorded_queries() as full:
        page.get(INDEX)
    assert len(full) <= len(empty) + 2, full
    assert len(full) <= 20, full


def test_staff_see_the_sections_they_may_see(cast):
    report(cast, cast.video(title="Film"))
    sections = {"cases", "jobs", "days", "disk"}

    def shown(page):
        text = page.get(INDEX).content.decode()
        return {name for name in sections if f'id="desk-{name}"' in text}

    assert shown(cast.page("staff")) == sections
    assert shown(helper(cast)) == set()
    assert shown(helper(cast, "view_case")) == {"cases"}
    assert shown(helper(cast, "view_job", "view_user")) == {"jobs", "disk", "days"}
    looker = helper(cast, "view_case", "view_report", "view_strike")
    assert reverse("admin:videos_case_next") not in looker.get(INDEX).content.decode()
    assert looker.get(reverse("admin:videos_case_next")).status_code == 404
    assert cast.page("owner").get(INDEX).status_code == 302


def test_models_stand_under_headings(cast):
    groups = cast.page("staff").get(INDEX).context["app_list"]
    assert [str(group["name"]) for group in groups] == ["Moderation", "Content", "People", "System"]
    models = {str(group["name"]): [model["object_name"] for model in group["models"]] for group in groups}
    assert models["Moderation"][:2] == ["Case", "Report"]
    assert models["Content"][0] == "Video"
    assert models["People"][0] == "User"
    assert models["System"][-1] == "Job"


def test_a_full_disk_is_said(cast, settings):
    settings.DISK_WATERMARK_BYTES = 2**60
    assert "Uploads are paused" in cast.page("staff").get(INDEX).content.decode()


@pytest.mark.parametrize(
    "name", ["streamsite.tasks.figures.count_days", "streamsite.tasks.figures.measure_storage"]
)
def test_figures_are_periodic(name):
    assert name in settings.PERIODIC_TASKS
