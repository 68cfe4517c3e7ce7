"""What the modes do to sessions, players, uploads, workers, pages, probes and figures."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from streamsite import health
from streamsite.metrics import registry
from streamsite.mongo.collections import collection
from streamsite.site_mode import examination, services, state
from streamsite.site_mode.state import Mode, ModeWatch, SiteMode
from streamsite.tasks import queue
from tests.support.commands import record_writes, recorded, recorded_queries
from tests.support.site_settings import hidden
from tests.support.users import PASSWORD
from tests.tasks import samples
from tests.tasks.conftest import worker as worker
from videos.files import paths
from videos.tests.test_tus import begin, call, jobs, offset_of, path_of

PAGE = "/admin/site/mode/"
MESSAGE = "Moving <b>disks</b> & cables."


# --- what programs are told ---


def test_a_refusal_says_mode_message_end_and_when_to_come_back(cast, read_only):
    end = (timezone.now() + timedelta(minutes=5)).replace(microsecond=0)
    read_only(message=MESSAGE, until=end)
    answer = cast.api("owner").post("/api/v1/playlists", {"title": "Mine"}, format="json")
    body = answer.json()
    assert (answer.status_code, body["code"], body["mode"]) == (503, "unavailable", "read_only")
    assert MESSAGE in body["detail"]
    assert datetime.fromisoformat(body["until"]) == end
    assert 200 < int(answer["Retry-After"]) <= 300
    assert answer["X-Request-Id"] == body["request_id"]


@pytest.mark.parametrize(
    ("ahead", "seconds"),
    [(None, 60), (timedelta(seconds=-5), 60), (timedelta(seconds=2), 10), (timedelta(days=2), 600)],
)
def test_the_time_to_come_back_is_neither_soon_nor_late(ahead, seconds):
    until = None if ahead is None else timezone.now() + ahead
    assert SiteMode("read_only", "", until).retry_seconds == seconds


def test_feeds_answer_xml_during_maintenance(cast, maintenance):
    assert cast.owner.pk
    maintenance(message="Back soon.")
    answer = Client().get("/feeds/channels/owner.rss")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/xml; charset=utf-8")
    assert b"<code>unavailable</code>" in answer.content


# --- sessions ---


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.MAINTENANCE])
def test_sessions_begin_go_on_and_end_in_every_mode(cast, mode):
    assert cast.owner.pk
    services.set_mode(mode)
    api = cast.api("anonymous")
    sent = {"login": "owner", "password": PASSWORD, "client": "native"}
    granted = api.post("/api/v1/auth/token", sent, format="json").json()
    renewed = api.post("/api/v1/auth/token/refresh", {"refresh": granted["refresh"]}, format="json").json()
    assert (
        api.post("/api/v1/auth/token/verify", {"token": renewed["access"]}, format="json").status_code == 200
    )
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {renewed['access']}")
    assert api.get("/api/v1/me").status_code == (200 if mode == Mode.READ_ONLY else 503)
    assert api.post("/api/v1/auth/logout", {"refresh": renewed["refresh"]}, format="json").status_code == 204


def test_staff_sign_in_during_maintenance_and_end_it(cast, maintenance):
    assert cast.staff.pk
    maintenance(message="Back soon.")
    page = Client()
    assert page.get("/").status_code == 503
    assert page.get("/login").status_code == 200
    signed_in = page.post("/login?next=/admin/", {"login": "staffer", "password": PASSWORD})
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/admin/")
    assert "Maintenance" in page.get("/admin/").content.decode()
    sent = hidden(page, PAGE) | {"mode": "normal", "message": "", "until": ""}
    assert page.post(PAGE, sent).status_code == 302
    assert Client().get("/").status_code == 200


def test_the_one_page_that_ends_read_only_mode_works_for_those_who_may(editor, read_only):
    read_only()
    assert editor.post("/admin/site/identity/", {"name": "Other"}).status_code == 503
    assert Client().post(PAGE, {"mode": "normal"}).status_code == 302  # to the admin's sign-in page
    assert state.site_mode().is_read_only
    sent = hidden(editor, PAGE) | {"mode": "normal"}
    assert editor.post(PAGE, sent).status_code == 302
    assert state.site_mode().is_normal


def test_staff_without_the_permission_do_not_switch(cast, read_only):
    read_only()
    page = Client()
    page.force_login(cast.user("plain", is_staff=True), backend="accounts.backends.LoginBackend")
    assert page.post(PAGE, {"mode": "normal"}).status_code == 403
    assert state.site_mode().is_read_only


# --- players ---


def beat(client, video, position=5.0):
    sent = {"position": position, "watched": [[0, position]], "session": "a"}
    return client.post(f"/api/v1/videos/{video.pk}/playback", sent, format="json")


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.MAINTENANCE])
def test_heartbeats_are_answered_and_not_recorded(cast, mode):
    video, member = cast.video(), cast.api("member")
    services.set_mode(mode)
    beat(member, video)  # whatever is looked up once is now
    with record_writes() as written:
        answer = beat(member, video)
    assert answer.status_code == 200
    assert answer.json() == {"position": 5.0, "completed": False, "view": "open", "remembered": False}
    assert written <= {"throttle", "auth_session"}
    services.set_mode(Mode.NORMAL)
    assert beat(member, video).json()["remembered"] is True


# --- uploads ---


def test_an_upload_waits_and_goes_on_afterwards(cast, read_only, normal):
    api = cast.api("owner")
    url = path_of(begin(api, 10))
    assert call(api, "PATCH", url, b"01234", upload_offset=0).status_code == 204
    read_only(message="Moving disks.")
    refused = call(api, "PATCH", url, b"56789", upload_offset=5)
    assert (refused.status_code, refused.json()["mode"]) == (503, "read_only")
    assert int(refused["Retry-After"]) > 0
    assert call(api, "DELETE", url).status_code == 503
    assert begin(api, 10).status_code == 503
    assert offset_of(api, url) == 5
    normal()
    assert call(api, "PATCH", url, b"56789", upload_offset=5).status_code == 204
    assert len(jobs()) == 1


def test_a_look_finishes_no_upload_while_the_site_is_read_only(cast, read_only, normal, monkeypatch):
    """The process was killed between the last byte and the job: the next look finishes such an upload."""
    api = cast.api("owner")
    begun = begin(api, 5)
    url = path_of(begun)
    with monkeypatch.context() as patched:
        patched.setattr("videos.uploads.services.finish_upload", lambda *_, **__: None)
        assert call(api, "PATCH", url, b"01234", upload_offset=0).status_code == 204
    read_only()
    with record_writes() as written:
        assert offset_of(api, url) == 5
    assert written <= {"throttle", "auth_session"}
    assert not paths.source_path(begun["X-Video-Id"]).exists()
    normal()
    assert offset_of(api, url) == 5
    assert len(jobs()) == 1


class Slow:
    """A body that is sent for so long that the mode changes in between."""

    def __init__(self, switch, *pieces):
        self.pieces, self.switch = list(pieces), switch

    def read(self, size=-1):
        if len(self.pieces) == 1:
            self.switch()
        return self.pieces.pop(0) if self.pieces else b""


def test_a_request_that_sends_for_hours_ends_with_the_mode(cast, read_only, normal):
    from videos.models import Upload
    from videos.tasks import enqueue_processing
    from videos.uploads import services as uploads

    api = cast.api("owner")
    url = path_of(begin(api, 9))
    upload = Upload.objects.select_related("owner", "video").get()

    def send(body, start):
        return uploads.append_to_upload(
            upload, body, start=start, length=9 - start, checksum=None, enqueue=enqueue_processing
        )

    with pytest.raises(state.ReadOnly):
        send(Slow(read_only, b"012", b"345", b"678"), 0)
    assert offset_of(api, url) == 6
    normal()
    assert send(Slow(lambda: None, b"678"), 6) == 9
    assert len(jobs()) == 1


# --- workers ---


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.MAINTENANCE])
def test_workers_take_no_job_until_the_mode_ends(worker, normal, mode):
    samples.note.enqueue("a")
    services.set_mode(mode)
    worker.run(once=True)
    assert samples.traces() == []
    normal()
    worker.run(once=True)
    assert samples.traces() == [("a", 1)]


def test_a_running_job_ends_in_order(worker, read_only, tmp_path):
    release = tmp_path / "release"
    result = samples.wait_for.enqueue(str(release))
    samples.note.enqueue("later")
    running = threading.Thread(target=worker.run, kwargs={"once": True})
    running.start()
    deadline = threading.Event()
    while not samples.traces() and not deadline.wait(0.02):
        pass
    read_only()
    release.touch()
    running.join(20)
    result.refresh()
    assert result.return_value is not None
    assert [word for word, _ in samples.traces()] == ["begun"]
    assert collection(queue.JOBS).count_documents({"state": queue.READY}) == 1


def test_the_log_has_one_line_per_change(database):
    watch = ModeWatch()
    assert watch.told_change() == ""
    services.set_mode(Mode.READ_ONLY)
    assert "read-only" in watch.told_change()
    services.set_mode(Mode.READ_ONLY, message="Why.")
    assert watch.told_change() == ""
    services.set_mode(Mode.NORMAL)
    assert "normal mode again" in watch.told_change()


# --- pages ---


def test_pages_say_it_and_disable_their_buttons(cast, read_only):
    read_only(message=MESSAGE, until=datetime(2099, 1, 2, 3, 4, tzinfo=UTC))
    for path in ("/", "/upload", "/settings/profile"):
        text = cast.page("owner").get(path).content.decode()
        assert 'id="site-mode"' in text
        assert "Moving &lt;b&gt;disks&lt;/b&gt; &amp; cables." in text
        assert "2099-01-02T03:04:00" in text
        assert "js/read-only" in text
        assert text.count(" data-works-read-only") == text.count('action="/logout"')
    assert "Moving &lt;b&gt;" in cast.page("staff").get("/admin/").content.decode()
    services.set_mode(Mode.NORMAL)
    text = cast.page("owner").get("/").content.decode()
    assert "site-mode" not in text
    assert "js/read-only" not in text


def test_forms_that_work_are_not_disabled(cast, read_only):
    read_only()
    for page, path in (
        (Client(), "/login"),
        (cast.page("owner"), "/settings/sessions"),
        (Client(), "/language"),
    ):
        assert "data-works-read-only" in page.get(path).content.decode(), path
    assert (
        cast.page("owner").get("/language").content.decode().count("data-works-read-only") == 1
    )  # to sign out


def test_a_refused_form_gets_a_page_with_the_reason(cast, read_only):
    read_only(message=MESSAGE)
    answer = cast.page("owner").post("/settings/profile", {"full_name": "Other"})
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "The site is read-only" in text
    assert "Moving &lt;b&gt;disks" in text


def test_the_maintenance_page_needs_no_database(maintenance):
    maintenance(message=MESSAGE, until=datetime(2099, 1, 2, 3, 4, tzinfo=UTC))
    visitor = Client()
    visitor.get("/")
    with recorded() as seen:
        answer = visitor.get("/watch/AAAAAAAAAAA", headers={"Accept-Language": "de"})
    text = answer.content.decode()
    assert seen == []
    assert '<html lang="de" dir="ltr"' in text
    assert '<main class="empty" id="main">' in text
    assert "Moving &lt;b&gt;disks" in text
    assert 'href="/login"' in text
    assert "2099" in text
    assert answer["Retry-After"] == "600"


# --- what it costs ---


def test_the_mode_costs_no_command(cast, read_only):
    page = cast.page("owner")
    page.get("/")
    with recorded_queries() as before:
        page.get("/")
    read_only(message="Moving disks.")
    page.get("/")
    with recorded_queries() as after:
        page.get("/")
    assert sorted(after) == sorted(before)
    with recorded() as refused:
        assert Client().post("/api/v1/videos").status_code == 503
    assert refused == []


# --- probes, figures, doctor ---


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.MAINTENANCE])
def test_probes_stay_and_say_why(cast, mode):
    services.set_mode(mode)
    health.clear_check_results()
    assert Client().get("/healthz").status_code == 200
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert mode.label.lower().split("-")[0] in ready.json()["mode"]
    services.set_mode(Mode.NORMAL)
    assert "mode" not in Client().get("/readyz").json()


def test_a_pause_is_no_stuck_queue(cast, read_only, normal):
    samples.note.enqueue("a")
    collection(queue.JOBS).update_many({}, [{"$set": {"run_at": datetime(2020, 1, 1, tzinfo=UTC)}}])
    assert "waited too long" in health.overdue_queues()
    read_only()
    assert health.overdue_queues() == ""
    normal()
    assert "waited too long" in health.overdue_queues()


def test_metrics_say_the_mode(database, settings, maintenance):
    settings.METRICS_TOKEN = "x" * 40
    maintenance()
    registry.forget_readings()
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {'x' * 40}"}).content.decode()
    assert 'streamsite_mode{mode="maintenance"} 1.0' in text
    assert 'streamsite_mode{mode="normal"} 0.0' in text


def test_doctor_says_the_mode_and_what_ends_it(database, read_only):
    assert [finding.level for finding in examination.check_mode()] == ["ok"]
    read_only(until=datetime(2099, 1, 2, 3, 4, tzinfo=UTC))
    (finding,) = examination.check_mode()
    assert (finding.level, "is to end at 2099-01-02 03:04 UTC" in finding.message) == ("warning", True)
    read_only(until=datetime(2020, 1, 2, 3, 4, tzinfo=UTC))
    (finding,) = examination.check_mode()
    assert "was to end at 2020" in finding.message
    assert "site_mode normal" in finding.remedy


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.MAINTENANCE])
def test_a_backup_works_in_every_mode(database, tmp_path, mode):
    services.set_mode(mode)
    call_command("backup", str(tmp_path / "backups"), only=("db",))
    assert len(list((tmp_path / "backups" / "snapshots").iterdir())) == 1
