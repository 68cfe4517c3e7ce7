"""Imports as jobs: one at a time, in parts, interrupted, canceled, and their pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from streamsite.tasks.signals import task_dead
from takeout import store, tasks
from takeout.imports import files, services
from takeout.tests import archives
from takeout.tests.test_round_trip import IMPORT, rows, send, state
from videos.models import Video

pytestmark = pytest.mark.usefixtures("database")


def test_one_import_runs_at_a_time_and_can_be_canceled(cast):
    def post(who="owner", key=None):
        file = SimpleUploadedFile("a.zip", archives.streamsite(), "application/zip")
        extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return cast.api(who).post(IMPORT, {"file": file, "source": "streamsite"}, format="multipart", **extra)

    first = post(key="k")
    assert first.status_code == 202
    refused = post()
    assert (refused.status_code, refused.json()["code"]) == (409, "import_running")
    assert post("stranger").status_code == 202
    import_id = first.json()["id"]
    assert cast.api("stranger").delete(f"{IMPORT}/{import_id}").status_code == 404
    assert cast.api("owner").delete(f"{IMPORT}/{import_id}").status_code == 204
    assert not files.archive_path(import_id).exists()
    tasks.run_import.func(import_id)  # the job finds nothing to do
    assert post().status_code == 202


def test_an_archive_in_parts_comes_by_a_resumable_upload(cast):
    content = archives.streamsite(history=[])
    api = cast.api("owner")
    tus = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    begun = api.post(
        "/api/v1/uploads",
        HTTP_UPLOAD_LENGTH=str(len(content)),
        HTTP_UPLOAD_CONCAT="partial",
        HTTP_UPLOAD_METADATA="filename YS56aXA=",
        **tus,
    )
    where = begun["Location"]
    upload_id = where.rsplit("/", 1)[1]
    early = api.post(IMPORT, {"upload": upload_id, "source": "streamsite"}, format="json")
    assert early.status_code == 400
    for start, end in ((0, 100), (100, len(content))):
        api.patch(
            where,
            content[start:end],
            content_type="application/offset+octet-stream",
            HTTP_UPLOAD_OFFSET=str(start),
            **tus,
        )
    assert (
        cast.api("stranger")
        .post(IMPORT, {"upload": upload_id, "source": "streamsite"}, format="json")
        .status_code
        == 404
    )
    answer = api.post(IMPORT, {"upload": upload_id, "source": "streamsite"}, format="json")
    assert (answer.status_code, Video.objects.count()) == (202, 0)
    tasks.run_import.func(answer.json()["id"])
    found = state(cast, answer.json()["id"])
    assert (found["status"], found["file_name"]) == ("done", "a.zip")
    assert api.post(IMPORT, {"upload": upload_id, "source": "streamsite"}, format="json").status_code == 404


def test_an_interrupted_import_goes_on_where_it_was(cast, monkeypatch):
    from takeout.imports import running

    archive = archives.streamsite(
        subscriptions=[{"channel": {"username": "member"}, "notify": "all"}],
        history=[{"video": {"id": f"{number:011d}"}} for number in range(5)],
    )
    assert cast.member.pk
    file = SimpleUploadedFile("a.zip", archive, "application/zip")
    answer = cast.api("owner").post(IMPORT, {"file": file, "source": "streamsite"}, format="multipart")
    import_id = answer.json()["id"]
    real = running.WRITERS["history"]
    seen = []

    def dies(context, item):
        seen.append(item)
        if len(seen) == 3:
            raise KeyboardInterrupt
        real(context, item)

    monkeypatch.setitem(running.WRITERS, "history", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.run_import.func(import_id)
    assert store.find_import(import_id)["status"] == store.RUNNING
    tasks.run_import.func(import_id)
    found = state(cast, import_id)
    assert found["status"] == "done"
    assert found["report"]["subscriptions"]["new"] == 1
    assert found["report"]["history"]["missing"] == 5
    assert len([row for row in rows(cast, found) if row["kind"] == "history"]) == 5


def test_pages_show_the_report_and_hide_it_from_others(cast):
    found = send(
        cast, archives.streamsite(history=[{"video": {"id": "a" * 11, "title": "<b>Gone"}}]), dry_run="true"
    )
    page = cast.page("owner").get(f"/settings/import/{found['id']}")
    assert page.status_code == 200
    assert b"&lt;b&gt;Gone" in page.content
    assert b"Import now" in page.content
    assert cast.page("stranger").get(f"/settings/import/{found['id']}").status_code == 404
    assert cast.page("stranger").post(f"/settings/import/{found['id']}/start").status_code == 404
    assert cast.page("owner").post(f"/settings/import/{found['id']}/start").status_code == 302
    listed = cast.page("owner").get("/settings/import")
    assert b"data-takeout" in listed.content


def test_archives_that_nobody_started_are_swept(cast):
    found = send(cast, archives.streamsite(), dry_run="true")
    assert files.archive_path(found["id"]).is_file()
    store.update_import(found["id"], {"expires_at": store.now() - timedelta(seconds=1)})
    assert services.sweep() == 1
    assert not files.archive_path(found["id"]).exists()
    assert not state(cast, found["id"])["can_start"]
    answer = cast.api("owner").post(f"{IMPORT}/{found['id']}/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_one_archive_of_an_account_waits(cast):
    first = send(cast, archives.streamsite(), dry_run="true")
    theirs = send(cast, archives.streamsite(), who="stranger", dry_run="true")
    refused = cast.api("owner").post(IMPORT, {"upload": "x" * 16, "source": "streamsite"}, format="json")
    assert refused.status_code == 404
    assert files.archive_path(first["id"]).is_file()
    second = send(cast, archives.streamsite(), dry_run="true")
    assert not files.archive_path(first["id"]).exists()
    assert not state(cast, first["id"])["can_start"]
    assert cast.api("owner").post(f"{IMPORT}/{first['id']}/start").status_code == 409
    assert files.archive_path(theirs["id"]).is_file()
    assert cast.api("owner").post(f"{IMPORT}/{second['id']}/start").status_code == 202


def test_a_rehearsed_import_that_cannot_be_queued_can_be_started_again(cast):
    found = send(cast, archives.streamsite(history=[{"video": {"id": "a" * 11}}]), dry_run="true")

    def fails(import_id):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        services.start_rehearsed(cast.owner, found["id"], enqueue=fails)
    document = store.find_import(found["id"])
    assert (document["status"], document["is_dry"], "is_active" in document) == (store.DONE, True, False)
    assert state(cast, found["id"])["can_start"]
    assert cast.api("owner").post(f"{IMPORT}/{found['id']}/start").status_code == 202
    tasks.run_import.func(found["id"])
    assert state(cast, found["id"])["report"]["history"]["missing"] == 1


def test_a_job_that_was_set_aside_is_shown_as_failed(cast):
    file = SimpleUploadedFile("a.zip", archives.streamsite(), "application/zip")
    answer = cast.api("owner").post(IMPORT, {"file": file, "source": "streamsite"}, format="multipart")
    task_dead.send(
        sender=None,
        task_path=tasks.run_import.module_path,
        args=[answer.json()["id"]],
        kwargs={},
        error="",
        code="failed",
    )
    found = state(cast, answer.json()["id"])
    assert (found["status"], found["error"]) == ("failed", "failed")
    assert not files.archive_path(found["id"]).exists()


def test_what_is_missing_in_a_request_is_named(cast):
    api = cast.api("owner")
    for body, field in (
        ({"source": "streamsite"}, "file"),
        ({"source": "myspace", "upload": "x"}, "source"),
        ({}, "source"),
    ):
        answer = api.post(IMPORT, body, format="json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
