"""Exports: who may request and fetch one, what is in it, and how it ends."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from accounts.models import AuthEvent
from streamsite.mongo.collections import collection
from subscriptions import services as subscribing
from takeout import formats, store, tasks
from takeout.exports import folders, services
from videos.files import paths

EXPORT = "/api/v1/me/export"
pytestmark = pytest.mark.usefixtures("database")


def request_export(cast, who="owner", **body):
    answer = cast.api(who).post(EXPORT, body, format="json")
    assert answer.status_code == 202, answer.content
    return answer.json()


def build(cast, who="owner", **body):
    export = request_export(cast, who, **body)
    tasks.build_export.func(export["id"])
    return cast.api(who).get(f"{EXPORT}/{export['id']}").json()


def fetch(cast, export, who="owner", **headers):
    answer = cast.api(who).get(export["url"][export["url"].index("/api/v1") :], **headers)
    return answer, answer.getvalue()


def read(content, kind):
    archive = zipfile.ZipFile(io.BytesIO(content))
    manifest = json.loads(archive.read(formats.MANIFEST))
    return [row for name in manifest["contents"][kind]["files"] for row in json.loads(archive.read(name))]


def with_source(video, content):
    source = paths.source_path(video.pk)
    source.parent.mkdir(parents=True)
    source.write_bytes(content)
    return video


def test_an_archive_has_everything_of_the_account_and_a_checksum_that_holds(cast):
    content = b"film" * 100_000
    video = with_source(
        cast.video(title="Mine", source_name="My film.MP4", source_size=len(content)), content
    )
    theirs = cast.video(owner=cast.member, title="Theirs")
    subscribing.subscribe(cast.owner, cast.member, notify="none")
    api = cast.api("owner")
    api.put(f"/api/v1/videos/{theirs.pk}/reaction", {"value": "like"}, format="json")
    api.post(f"/api/v1/videos/{theirs.pk}/comments", {"text": "Good"}, format="json")
    api.post("/api/v1/posts", {"text": "News"}, format="json")
    api.put(f"/api/v1/me/watch-later/{theirs.pk}")
    playlist = api.post(
        "/api/v1/playlists", {"title": "L", "video_ids": [theirs.pk, video.pk]}, format="json"
    ).json()
    export = build(cast)
    assert export["status"] == "ready"
    assert export["progress"] == 1
    answer, whole = fetch(cast, export)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="takeout-')
    assert answer["Cache-Control"] == "private, no-store"
    assert len(whole) == export["size"]
    archive = zipfile.ZipFile(io.BytesIO(whole))
    assert archive.testzip() is None
    (mine,) = read(whole, formats.VIDEOS)
    assert mine["title"] == "Mine"
    assert mine["media"]["kind"] == "original"
    assert archive.read(mine["media"]["file"]) == content
    assert mine["media"]["sha256"] == hashlib.sha256(content).hexdigest()
    (listed,) = read(whole, formats.PLAYLISTS)
    assert listed["id"] == playlist["id"]
    assert [item["video"]["id"] for item in listed["items"]] == [theirs.pk, video.pk]
    (followed,) = read(whole, formats.SUBSCRIPTIONS)
    assert (followed["channel"]["username"], followed["notify"]) == ("member", "none")
    assert [row["video"]["title"] for row in read(whole, formats.REACTIONS)] == ["Theirs"]
    assert [row["text"] for row in read(whole, formats.COMMENTS)] == ["Good"]
    assert [row["text"] for row in read(whole, formats.POSTS)] == ["News"]
    assert [row["video"]["id"] for row in read(whole, formats.WATCH_LATER)] == [theirs.pk]
    assert export["counts"] == {kind: len(read(whole, kind)) for kind in formats.KINDS}


def test_media_is_not_stored_twice(cast):
    video = with_source(cast.video(source_size=400_000), b"x" * 400_000)
    export = build(cast)
    source = paths.source_path(video.pk)
    assert source.stat().st_nlink == 2
    source.unlink()
    answer, whole = fetch(cast, export)
    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_a_download_can_be_resumed(cast):
    with_source(cast.video(source_size=700_000), bytes(range(256)) * 3000)
    export = build(cast)
    answer, whole = fetch(cast, export)
    etag = answer["ETag"]
    for first, last in ((0, 9), (100_000, 500_000), (len(whole) - 50, len(whole) - 1)):
        part, content = fetch(cast, export, HTTP_RANGE=f"bytes={first}-{last}", HTTP_IF_RANGE=etag)
        assert part.status_code == 206
        assert content == whole[first : last + 1]
    assert fetch(cast, export, HTTP_RANGE=f"bytes={len(whole)}-")[0].status_code == 416
    assert fetch(cast, export, HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"another"')[0].status_code == 200
    head = cast.api("owner").head(f"{EXPORT}/{export['id']}/archive")
    assert (head["Content-Length"], head["Accept-Ranges"]) == (str(len(whole)), "bytes")


def test_nothing_secret_and_nothing_of_others_is_in_it(cast):
    hidden = cast.video(owner=cast.member, title="Secret of member", visibility="public")
    api = cast.api("owner")
    api.put(f"/api/v1/me/watch-later/{hidden.pk}")
    cast.api("member").patch(f"/api/v1/videos/{hidden.pk}", {"visibility": "private"}, format="json")
    cast.api("member").post(
        f"/api/v1/videos/{cast.video().pk}/comments", {"text": "By member"}, format="json"
    )
    _token, text = cast.api_token(cast.owner)
    _answer, whole = fetch(cast, build(cast))
    archive = zipfile.ZipFile(io.BytesIO(whole))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert cast.owner.password.encode() not in everything
    for word in ("Secret of member", "By member", "member@example.org", "argon2", text):
        assert word.encode() not in everything
    (later,) = read(whole, formats.WATCH_LATER)
    assert later["video"] == {"id": hidden.pk, "url": None, "title": None, "channel": None}


def test_only_the_owner_reaches_an_export(cast):
    export = build(cast)
    for who, status in (("anonymous", 401), ("stranger", 404), ("staff", 404)):
        api = cast.api(who)
        for method, path in (("get", ""), ("get", "/archive"), ("delete", "")):
            assert getattr(api, method)(f"{EXPORT}/{export['id']}{path}").status_code == status
    assert cast.api("stranger").get(EXPORT).json()["results"] == []
    assert [row["id"] for row in cast.api("owner").get(EXPORT).json()["results"]] == [export["id"]]


def test_an_old_sign_in_is_not_enough(cast, database):
    api = cast.api("owner")
    old = store.now() - timedelta(hours=1)
    collection("auth_session").update_many({}, {"$set": {"auth_time": old, "proof_at": old}})
    answer = api.post(EXPORT, {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "proof_required")


def test_an_api_token_is_not_enough(cast):
    from rest_framework.test import APIClient

    _token, text = cast.api_token(cast.owner, "read", "write", "upload")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert client.post(EXPORT, {}, format="json").status_code == 403
    assert client.get(EXPORT).status_code == 403


def test_one_export_runs_at_a_time_and_a_repetition_is_the_same(cast):
    first, second = request_export(cast), request_export(cast)
    assert first["id"] == second["id"]
    assert collection(store.EXPORTS).count_documents({}) == 1
    assert AuthEvent.objects.filter(user=cast.owner, what="export_requested").count() == 1
    assert request_export(cast, "stranger")["id"] != first["id"]


def test_the_owner_gets_a_mail_when_it_is_ready(cast):
    build(cast)
    (job,) = collection("task_job").find({"task": "accounts.tasks.mail_user"})
    assert job["args"][:3] == ["export_ready", cast.owner.pk, "owner@example.org"]


def test_a_new_archive_replaces_the_former_one(cast):
    former, newer = build(cast), build(cast)
    states = {row["id"]: row["status"] for row in cast.api("owner").get(EXPORT).json()["results"]}
    assert states == {former["id"]: "expired", newer["id"]: "ready"}
    assert not folders.export_dir(former["id"]).exists()


def test_archives_expire_and_are_swept(cast):
    export = build(cast)
    past = store.now() - timedelta(seconds=1)
    store.update_export(export["id"], {"expires_at": past})
    assert services.sweep() == 1
    assert not folders.export_dir(export["id"]).exists()
    body = cast.api("owner").get(f"{EXPORT}/{export['id']}").json()
    assert (body["status"], body["url"]) == ("expired", None)
    assert cast.api("owner").get(f"{EXPORT}/{export['id']}/archive").status_code == 404


def test_a_canceled_export_leaves_nothing(cast):
    export = build(cast)
    assert cast.api("owner").delete(f"{EXPORT}/{export['id']}").status_code == 204
    assert not folders.export_dir(export["id"]).exists()
    assert cast.api("owner").get(f"{EXPORT}/{export['id']}").status_code == 404
    waiting = request_export(cast)
    cast.api("owner").delete(f"{EXPORT}/{waiting['id']}")
    tasks.build_export.func(waiting["id"])  # the job finds nothing to do
    assert not folders.export_dir(waiting["id"]).exists()


def test_a_try_that_was_killed_is_begun_anew(cast):
    with_source(cast.video(source_size=1000), b"y" * 1000)
    export = request_export(cast)
    folder = folders.new_export_dir(export["id"])
    (folder / "texts").write_bytes(b"half of it")
    store.update_export(export["id"], {"status": store.RUNNING, "progress": 0.5})
    tasks.build_export.func(export["id"])
    _answer, whole = fetch(cast, cast.api("owner").get(f"{EXPORT}/{export['id']}").json())
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_closing_the_account_removes_its_archives(cast):
    export = build(cast)
    from accounts.signals import account_deactivated

    account_deactivated.send(sender=type(cast.owner), user_id=cast.owner.pk)
    assert store.find_export(export["id"]) is None
    assert not folders.export_dir(export["id"]).exists()


def test_the_page_shows_exports_and_requests_one(cast):
    page = cast.page("owner")
    assert b"Request export" in page.get("/settings/export").content
    assert page.post("/settings/export/request", {"with_media": "on"}).status_code == 302
    assert b"data-takeout" in page.get("/settings/export").content
    (row,) = cast.api("owner").get(EXPORT).json()["results"]
    tasks.build_export.func(row["id"])
    assert f"/api/v1/me/export/{row['id']}/archive".encode() in page.get("/settings/export").content


def test_archives_are_valid_by_the_published_schema(cast):
    import jsonschema
    from django.conf import settings

    schema = json.loads((settings.BASE_DIR / "docs" / "takeout.schema.json").read_text())
    video = with_source(cast.video(source_name="a.mp4", source_size=9), b"some film")
    api = cast.api("owner")
    subscribing.subscribe(cast.owner, cast.member)
    api.post("/api/v1/playlists", {"title": "L", "video_ids": [video.pk]}, format="json")
    api.put(f"/api/v1/me/watch-later/{video.pk}")
    api.put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")
    api.post(f"/api/v1/videos/{video.pk}/playback", {"position": 6.0}, format="json")
    api.post(f"/api/v1/videos/{video.pk}/comments", {"text": "C"}, format="json")
    api.post("/api/v1/posts", {"text": "P"}, format="json")
    _answer, whole = fetch(cast, build(cast))
    archive = zipfile.ZipFile(io.BytesIO(whole))
    manifest = json.loads(archive.read(formats.MANIFEST))
    assert sorted(manifest["contents"]) == sorted(formats.KINDS)
    for kind, content in [("manifest", manifest), *((kind, read(whole, kind)) for kind in formats.KINDS)]:
        checked = {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
        jsonschema.Draft202012Validator(checked).validate(content)
        assert content or kind == "saved_playlists", kind
