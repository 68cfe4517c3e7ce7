"""No copy of a title or a name goes stale: everything is renamed, and the whole database is searched for what it was.

docs/decisions/0036-copied-texts.md lists the copies; a copy without a row fails here, whether it is a field that
nothing fills yet or one that this day in the life of a site fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from accounts import profile
from playlists import services as playlists
from playlists.models import Playlist
from streamsite import copied_texts
from streamsite.folding import fold
from streamsite.mongo import repairs
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import queue
from subscriptions import services as subscribing
from subscriptions.models import Post, Subscription
from subscriptions.posts import services as posts
from subscriptions.signals import channel_subscribed
from tests.support.users import Cast
from videos import services, tasks
from videos.models import Case, Comment, Video
from videos.moderation import cases
from videos.playback import history
from videos.signals import generation_completed

DECISION = Path(__file__).parents[1] / "docs" / "decisions" / "0036-copied-texts.md"
OLD, NEW = "Oldenburgh", "Newhavenly"
# The texts themselves: nothing else is the original of these.
ORIGINALS = {
    "videos_video.title",
    "videos_video.folded_title",
    "accounts_user.full_name",
    "subscriptions_post.text",
    "playlists_playlist.title",
}
# What keeps a former text on purpose.
KEPT = {"moderation_case.content", "moderation_case.history"}
FOLLOWING_VIDEOS = ("videos_watch", "moderation_case", "subscriptions_notification")
FOLLOWING = {"videos.tasks.follow_title", "videos.tasks.follow_name"}


def texts(value: object) -> Iterator[str]:
    """Yield every text within a stored value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def places(word: str) -> set[str]:
    """Return ``collection.field`` of everything stored that has the word; of search documents the collection."""
    found = set()
    for name in get_database().list_collection_names():
        if name.startswith("system."):
            continue
        for document in collection(name).find():
            found |= {
                name if name.startswith("search_") else f"{name}.{field}"
                for field, value in document.items()
                if any(fold(word) in fold(text) for text in texts(value))
            }
    return found


@pytest.fixture
def named(database: None, cast: Cast) -> Video:
    """Create a video, a channel, a post and a playlist of one name, and everything that copies it."""
    owner, member, stranger = cast.owner, cast.member, cast.stranger
    profile.update(owner, {"full_name": f"{OLD} Films"})
    video = cast.video(title=f"{OLD} by night")
    services.update(video, {"title": f"{OLD} by day"})
    post = posts.create(owner, {"text": f"{OLD} news"})
    playlist = playlists.create_playlist(
        owner, {"title": f"{OLD} walks", "visibility": "public", "video_ids": [video.pk]}
    )
    playlists.add_collaborator(playlist, member)
    history.record_position(member, Video.objects.get(pk=video.pk), 5.0)
    subscribing.subscribe(member, owner)
    channel_subscribed.send(sender=Subscription, channel_id=owner.pk, subscribers=10)
    generation_completed.send(sender=Video, video_id=video.pk)
    for path in (f"videos/{video.pk}", f"posts/{post.pk}"):
        answer = cast.api("member").post(f"/api/v1/{path}/comments", {"text": "Nice"}, format="json")
        assert answer.status_code == 201, answer.content
    comments = list(Comment.objects.values_list("pk", flat=True))
    things = [
        f"videos/{video.pk}",
        f"posts/{post.pk}",
        "channels/owner",
        *(f"comments/{one}" for one in comments),
    ]
    for path in things:
        answer = cast.api("stranger").post(f"/api/v1/{path}/report", {"reason": "spam"}, format="json")
        assert answer.status_code == 201, answer.content
    for case in Case.objects.all():
        cases.decide(case, cast.staff, "warning")
    assert stranger.pk
    run_following()
    return video


def run_following() -> None:
    """Do what a worker would do after a rename."""
    jobs = collection(queue.JOBS)
    for job in list(jobs.find({"task": {"$in": list(FOLLOWING)}})):
        getattr(tasks, job["task"].rsplit(".", 1)[1]).func(*job["args"])
        jobs.delete_one({"_id": job["_id"]})


def test_everything_that_repeats_a_text_follows_it(named: Video, cast: Cast) -> None:
    before = places(OLD)
    documented = {copy.where for copy in copied_texts.registered_copies()}
    assert documented <= before
    assert before - documented - ORIGINALS == {"moderation_case.content"}
    services.update(named, {"title": f"{NEW} by day"})
    profile.update(cast.owner, {"full_name": f"{NEW} Films"})
    posts.update(Post.objects.get(), {"text": f"{NEW} news"})
    playlist = Playlist.objects.get(is_watch_later=False)
    playlists.update_playlist(playlist, {"title": f"{NEW} walks"})
    run_following()
    assert places(OLD) == KEPT
    assert places(NEW) == documented | ORIGINALS
    told = cast.api("owner").get("/api/v1/me/notifications").json()["results"]
    assert len(told) >= 6
    # A milestone of a channel names no text.
    assert [one for one in told if NEW not in one["text"] and one["kind"] != "milestone"] == []


def test_a_hidden_title_is_told_to_nobody(named: Video, cast: Cast) -> None:
    """The author of a comment that was reported reads the title in their decisions: the one they could see."""
    services.update(named, {"visibility": "private", "title": f"{NEW} secret"})
    run_following()
    told = [case["title"] for case in cast.api("member").get("/api/v1/me/decisions").json()["results"]]
    assert f"Comment on {OLD} by day" in told
    assert "secret" not in str(cast.api("member").get("/api/v1/me/notifications").json())
    services.update(Video.objects.select_related("channel").get(pk=named.pk), {"visibility": "public"})
    run_following()
    told = [case["title"] for case in cast.api("member").get("/api/v1/me/decisions").json()["results"]]
    assert f"Comment on {NEW} secret" in told


def test_renames_by_the_previous_release_are_repaired(named: Video, cast: Cast) -> None:
    """Also what was renamed before copies were kept up to date."""
    Video.objects.filter(pk=named.pk).update(title=f"{NEW} by day")
    wrong = {one.name for one in repairs.repair_documents()}
    assert {f"{table}.title of video.title" for table in FOLLOWING_VIDEOS} <= wrong
    told = {"subscriptions_notification.title", "moderation_case.title", "videos_watch.title"}
    assert told <= places(NEW)
    assert not [one for one in repairs.repair_documents() if "title" in one.name]


def rows_of_decision() -> dict[str, str]:
    """Return what the decision's table says: the source of each copy, by the copy."""
    lines = [line for line in DECISION.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {f"{cell[0]} {cell[1]}": cell[2] for cell in cells}


def test_every_copy_has_its_row_in_the_decision() -> None:
    rows = rows_of_decision()
    followed = {f"`{copy.where}` {copy.of}" for copy in copied_texts.registered_copies()}
    assert {key for key, how in rows.items() if not how.startswith("kept")} == followed
    kept = {key.split("`")[1] for key, how in rows.items() if how.startswith("kept")}
    assert kept >= KEPT
    assert all(rows.values())


# Fields of models that are named as texts of other things could be, and are the thing's own or no copy.
OWN = {
    "accounts_user": {"username", "full_name", "avatar", "cover"},
    "auth_api_token": {"name"},
    "playlists_playlist": {"title", "description"},
    "subscriptions_post": {"text", "picture", "picture_size"},
    "subscriptions_webhook": {"description"},
    "videos_caption": {"label"},
    "videos_comment": {"text"},
    "videos_sharelink": {"label"},
    "videos_video": {"title", "folded_title", "description", "poster", "source_name"},
    "moderation_report": {"text"},
}
LIKE_A_COPY = re.compile(
    r"(^|_)(title|titles|name|names|username|text|content|label|description|avatar|cover|picture|poster|thumbnail|"
    r"owner_name|author_name|filename)(_|$)"
)
NO_TEXT = re.compile(r"^(has_|is_|poster_choices)")


def test_no_model_has_a_text_that_could_be_a_copy_without_a_row() -> None:
    known = {copy.where for copy in copied_texts.registered_copies()}
    kept = {key.split("`")[1] for key, how in rows_of_decision().items() if how.startswith("kept")}
    ours = {"accounts", "videos", "subscriptions", "playlists", "takeout", "streamsite"}
    suspicious = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ours:
            continue
        for field in model._meta.local_concrete_fields:
            column = str(field.column)
            is_text = isinstance(field, (models.CharField, models.TextField, models.JSONField))
            if is_text and LIKE_A_COPY.search(column) and not NO_TEXT.search(column):
                suspicious.add(f"{model._meta.db_table}.{column}")
    own = {f"{table}.{column}" for table, columns in OWN.items() for column in columns}
    assert suspicious - own == {where for where in known | kept if where in suspicious}
    assert own <= suspicious
