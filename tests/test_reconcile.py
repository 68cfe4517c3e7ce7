"""Counters agree with their rows; where they do not, ``reconcile`` says so and sets them right."""

import io

import pytest
from django.core.management import call_command
from django.db.models import F

from accounts.models import User
from bench.cluster.audit import total_drift
from playlists.models import Playlist
from streamsite.mongo import counters
from streamsite.mongo.collections import collection
from subscriptions.models import Post
from videos.models import Case, Comment, Video
from videos.playback import statistics_store


def reconcile(*arguments):
    out = io.StringIO()
    call_command("reconcile", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(counters, "sleep", lambda seconds: None)


@pytest.fixture
def busy(cast):
    """A video, a post and comments that people like, talk about and report."""
    video = cast.video()
    api = cast.api("member")
    api.put("/api/v1/channels/owner/subscription")
    api.put(f"/api/v1/videos/{video.pk}/reaction", {"value": "like"}, format="json")
    cast.api("stranger").put(f"/api/v1/videos/{video.pk}/reaction", {"value": "dislike"}, format="json")
    said = api.post(f"/api/v1/videos/{video.pk}/comments", {"text": "One"}, format="json").json()["id"]
    api.post(f"/api/v1/comments/{said}/replies", {"text": "Two"}, format="json")
    cast.api("owner").put(f"/api/v1/comments/{said}/reaction", {"value": "like"}, format="json")
    api.post(f"/api/v1/videos/{video.pk}/report", {"reason": "spam"}, format="json")
    post = cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json").json()["id"]
    api.put(f"/api/v1/posts/{post}/reaction", {"value": "like"}, format="json")
    api.post(f"/api/v1/posts/{post}/comments", {"text": "Three"}, format="json")
    body = {"title": "List", "video_ids": [video.pk]}
    cast.api("member").post("/api/v1/playlists", body, format="json")
    return video


def test_what_services_did_agrees(busy):
    # Totals of a video that was begun and not counted yet.
    collection(statistics_store.VIDEO_TOTALS).update_one(
        {"_id": busy.pk}, {"$set": {"viewings": 1}}, upsert=True
    )
    assert reconcile() == "All counters are correct.\n"
    reconcile("--check")


def test_what_drifted_is_told_and_set_right(cast, busy):
    score = Comment.objects.get(text="One").score
    Video.objects.update(like_count=F("like_count") + 5, comment_count=0, dislike_count=-1, view_count=3)
    Comment.objects.filter(text="One").update(
        reply_count=F("reply_count") - 1, score=F("score") - 1, like_count=F("like_count") + 2
    )
    User.objects.filter(username="owner").update(subscriber_count=10, video_count=0)
    User.objects.filter(username="stranger").update(subscription_count=2)
    Post.objects.update(like_count=0, comment_count=9)
    Case.objects.update(report_count=100)
    with pytest.raises(SystemExit):
        reconcile("--check")
    assert Video.objects.get().like_count == 6
    said = reconcile()
    assert "videos_video.like_count: 1 wrong by 5 in total, 1 corrected" in said
    assert (
        total_drift(line for line in said.splitlines() if "_count" in line and "videos_video" in line) == 12
    )
    assert len(said.splitlines()) == 12
    video, comment, post = Video.objects.get(), Comment.objects.get(text="One"), Post.objects.get()
    assert (video.like_count, video.dislike_count, video.comment_count, video.view_count) == (1, 1, 2, 0)
    assert (comment.like_count, comment.reply_count) == (1, 1)
    assert comment.score == score - 2  # it follows both, and was not told of the two likes that never were
    assert (post.like_count, post.comment_count) == (1, 1)
    owner = User.objects.get(username="owner")
    assert (owner.subscriber_count, owner.video_count) == (1, 1)
    assert Case.objects.get().report_count == 1
    assert reconcile() == "All counters are correct.\n"


def test_playlists_count_and_add_up_what_is_in_them(cast, busy):
    Playlist.objects.update(item_count=7, duration=1.5)
    said = reconcile()
    assert "playlists_playlist.item_count: 1 wrong by 6 in total, 1 corrected" in said
    playlist = Playlist.objects.get()
    assert (playlist.item_count, playlist.duration) == (1, 10.0)
    assert reconcile() == "All counters are correct.\n"


def test_what_changes_at_this_moment_is_left_alone(cast, busy, monkeypatch):
    Video.objects.update(like_count=7)
    liking = lambda seconds: Video.objects.update(like_count=F("like_count") + 1)  # noqa: E731
    monkeypatch.setattr(counters, "sleep", liking)
    assert reconcile() == "All counters are correct.\n"
    assert Video.objects.get().like_count == 8


def test_rows_of_what_is_gone_do_no_harm(cast, busy):
    Video.objects.all().delete()
    assert "videos_video" not in reconcile()
