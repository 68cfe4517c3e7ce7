"""An account's data leaves one site and comes back on it or another: the same objects, once."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from playlists.models import Playlist, PlaylistItem
from streamsite import site_id
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from subscriptions import services as subscribing
from subscriptions.models import Post, Subscription
from takeout import formats, tasks
from takeout.tests.test_exports import build, fetch, read, with_source
from tests.support.clips import make_clip
from videos.captions import services as captions
from videos.captions.webvtt import Cue
from videos.comments import services as commenting
from videos.comments.targets import video_target
from videos.files import paths
from videos.models import Comment, Reaction, Video, Watch
from videos.playback import history
from videos.processing import pipeline

IMPORT = "/api/v1/me/import"
THEN = datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")


def send(cast, content, who="owner", source="streamsite", **fields):
    file = SimpleUploadedFile("archive.zip", content, "application/zip")
    answer = cast.api(who).post(IMPORT, {"file": file, "source": source, **fields}, format="multipart")
    assert answer.status_code == 202, answer.content
    tasks.run_import.func(answer.json()["id"])
    return state(cast, answer.json()["id"], who)


def state(cast, import_id, who="owner"):
    return cast.api(who).get(f"{IMPORT}/{import_id}").json()


def rows(cast, found, who="owner"):
    return cast.api(who).get(f"{IMPORT}/{found['id']}/rows?page_size=100").json()["results"]


def picture(color="red"):
    out = io.BytesIO()
    Image.new("RGB", (1280, 720), color).save(out, "PNG")
    out.seek(0)
    return out


@pytest.fixture
def clip(tmp_path):
    return make_clip(tmp_path / "clip.mp4", 1).read_bytes()


def furnish(cast, clip):
    """Give the owner one of everything, at a time that is not now."""
    from videos import thumbnails

    video = with_source(
        cast.video(
            title="Mine",
            description="All about it",
            tags=["one", "two"],
            source_name="clip.mp4",
            source_size=len(clip),
            created_at=THEN,
            published_at=THEN,
            chapters=[{"start": 0, "title": "A"}, {"start": 0.5, "title": "B"}],
            chapters_edited=True,
        ),
        clip,
    )
    second = with_source(
        cast.video(
            title="Second",
            visibility="private",
            source_name="s.mp4",
            source_size=len(clip) + 4,
            created_at=THEN + timedelta(days=1),
            published_at=None,
            listed=False,
        ),
        clip + b"\0" * 4,
    )
    thumbnails.set_image(video, picture())
    captions.add_track(video, [Cue(0, 1, "Hello")], language="de", label="German")
    subscribing.subscribe(cast.owner, cast.member, notify="none", since=THEN)
    api = cast.api("owner")
    body = {"title": "List", "description": "D", "visibility": "public", "video_ids": [second.pk, video.pk]}
    playlist = api.post("/api/v1/playlists", body, format="json").json()["id"]
    PlaylistItem.objects.filter(playlist_id=playlist).update(added_at=THEN, note="Look")
    Playlist.objects.filter(pk=playlist).update(created_at=THEN)
    api.put(f"/api/v1/me/watch-later/{video.pk}")
    PlaylistItem.objects.filter(playlist__is_watch_later=True).update(added_at=THEN)
    history.restore_entry(cast.owner.pk, video, position=4.5, duration=10.0, completed=False, watched_at=THEN)
    api.put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")
    Reaction.objects.update(created_at=THEN)
    comment = commenting.create(cast.owner, video_target(video), "First")
    commenting.create(cast.owner, video_target(video), "Answer", thread=comment)
    Comment.objects.update(created_at=THEN)
    api.post("/api/v1/posts", {"text": "News", "video_id": video.pk}, format="json")
    Post.objects.update(created_at=THEN)
    api.patch("/api/v1/me", {"bio": "About me", "preferences": {"autoplay": False}}, format="json")
    return video


def snapshot(user):
    """Everything of an account that has to be equal, without ids."""
    videos = list(Video.objects.filter(channel=user).order_by("created_at"))
    lists = Playlist.objects.filter(owner=user).order_by("created_at")
    return {
        "videos": [
            (
                one.title,
                one.description,
                one.tags,
                one.visibility,
                one.chapters,
                one.created_at,
                one.published_at,
                hashlib.sha256(paths.source_path(one.pk).read_bytes()).hexdigest(),
                len(one.poster) > 1,
            )
            for one in videos
        ],
        "captions": [
            (track.language, track.label, track.kind)
            for one in videos
            for track in captions.list_tracks(one.pk)
        ],
        "lists": [
            (
                one.title,
                one.description,
                one.visibility,
                one.is_watch_later,
                one.item_count,
                [
                    (item.video.title, item.note, item.added_at)
                    for item in PlaylistItem.objects.filter(playlist=one)
                    .select_related("video")
                    .order_by("rank")
                ],
            )
            for one in lists
        ],
        "subscriptions": [
            (row.channel.username, row.notify, row.created_at)
            for row in Subscription.objects.filter(subscriber=user).select_related("channel")
        ],
        "history": [
            (row.title, row.position, row.duration, row.completed, row.watched_at)
            for row in Watch.objects.filter(user=user)
        ],
        "reactions": [
            (row.video.title, row.value, row.created_at) for row in Reaction.objects.filter(user=user)
        ],
        "comments": sorted(
            (row.text, bool(row.parent), row.created_at) for row in Comment.objects.filter(author=user)
        ),
        "posts": [(row.text, row.video.title, row.created_at) for row in Post.objects.filter(channel=user)],
        "profile": (user.bio, user.preferences.get("autoplay")),
        "comment_count": [one.comment_count for one in videos],
        "like_count": [one.like_count for one in videos],
    }


def fresh(user):
    return type(user).objects.get(pk=user.pk)


def wipe(cast):
    """Empty the site, and make it another one with people of the same names."""
    database = get_database("default")
    for name in database.list_collection_names():
        if not name.startswith("system.") and name not in {"django_migrations", site_id.COLLECTION}:
            database[name].delete_many({})
    for video in list(paths.source_path("x").parent.parent.glob("*")):
        paths.remove_all_files(video.name)
    cast.forget()
    assert cast.owner.pk
    assert cast.member.pk


@pytest.fixture
def other_site(monkeypatch):
    """A function after which this site has another id."""
    return lambda: monkeypatch.setattr("takeout.imports.running.site_id.current_site_id", lambda: "f" * 32)


def test_a_second_site_gets_equal_objects_and_once(cast, clip, other_site):
    furnish(cast, clip)
    before = snapshot(fresh(cast.owner))
    _answer, whole = fetch(cast, build(cast))
    wipe(cast)
    other_site()
    found = send(cast, whole)
    assert found["status"] == "done", found
    assert snapshot(fresh(cast.owner)) == before
    for kind in formats.KINDS:
        counts = found["report"].get(kind)
        if counts:
            assert counts["missing"] == counts["refused"] == 0, (kind, rows(cast, found))
    again = send(cast, whole)
    assert snapshot(fresh(cast.owner)) == before
    assert all(counts["new"] == 0 for counts in again["report"].values()), again["report"]
    # Videos go the usual way.
    assert collection("task_job").count_documents({"task": "videos.tasks.process_video"}) == 2


def test_on_the_same_site_everything_is_there_already(cast, clip):
    furnish(cast, clip)
    before = snapshot(fresh(cast.owner))
    _answer, whole = fetch(cast, build(cast))
    found = send(cast, whole)
    assert snapshot(fresh(cast.owner)) == before
    assert {state for counts in found["report"].values() for state, n in counts.items() if n} == {"present"}


def test_a_dry_run_changes_nothing_and_tells_the_same(cast, clip, other_site):
    furnish(cast, clip)
    _answer, whole = fetch(cast, build(cast))
    wipe(cast)
    other_site()
    before = snapshot(fresh(cast.owner))
    dry = send(cast, whole, dry_run="true")
    assert snapshot(fresh(cast.owner)) == before
    assert dry["can_start"]
    started = cast.api("owner").post(f"{IMPORT}/{dry['id']}/start")
    assert started.status_code == 202
    tasks.run_import.func(dry["id"])
    done = state(cast, dry["id"])
    assert not done["can_start"]
    assert {kind: counts["new"] for kind, counts in done["report"].items()} == {
        kind: counts["new"] for kind, counts in dry["report"].items()
    }


def test_another_account_gets_copies_of_its_own(cast, clip):
    furnish(cast, clip)
    before = snapshot(fresh(cast.owner))
    _answer, whole = fetch(cast, build(cast))
    found = send(cast, whole, who="stranger")
    assert found["status"] == "done"
    assert snapshot(fresh(cast.owner)) == before
    mine = snapshot(fresh(cast.stranger))
    assert [row[0] for row in mine["videos"]] == ["Mine", "Second"]
    assert not set(Video.objects.filter(channel=cast.stranger).values_list("pk", flat=True)) & set(
        Video.objects.filter(channel=cast.owner).values_list("pk", flat=True)
    )
    assert cast.api("member").get(f"{IMPORT}/{found['id']}").status_code == 404


@pytest.mark.slow
def test_without_the_original_the_best_version_leaves_and_plays_elsewhere(cast, tmp_path, other_site):
    file = make_clip(tmp_path / "clip.mp4", 2)
    video = cast.uploaded_video(file, title="Filmed", source_name="clip.mp4")
    pipeline.process(video.pk)
    paths.remove_source(video.pk)
    _answer, whole = fetch(cast, build(cast))
    (described,) = read(whole, formats.VIDEOS)
    assert described["media"]["kind"] == "rendition"
    wipe(cast)
    other_site()
    found = send(cast, whole)
    assert found["report"]["videos"]["new"] == 1, rows(cast, found)
    copy = Video.objects.get(channel=cast.owner)
    pipeline.process(copy.pk)
    copy.refresh_from_db()
    assert (copy.status, copy.title, round(copy.duration)) == ("ready", "Filmed", 2)
