"""The playback gate: the same decision for viewers, rows and pipelines."""

import ast
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from streamsite.mongo.collections import collection
from streamsite.visibility import Visibility
from videos.access import may_watch
from videos.models import Video
from videos.playback_gate import NOT_TAKEN_DOWN, PlaybackGate, unlisted_open_match

ROOT = Path(__file__).resolve().parent.parent.parent
OPEN = PlaybackGate(
    *("owner", Visibility.PUBLIC, "g1"),
    is_taken_down=False,
    channel_is_active=True,
    has_poster=True,
    is_complete=False,
)
VIEWERS = {"owner": User(pk="owner"), "other": User(pk="other"), "anonymous": AnonymousUser()}
# Where ``is_taken_down`` may stand: with the gate, in writes, in what is shown to owners and staff. Posts have a rule
# of their own.
TAKEN_DOWN_ELSEWHERE = {
    "videos/models/video.py",
    "videos/services.py",
    "videos/mappers.py",
    "videos/admin/videos.py",
    "videos/schemas/videos.py",
    "videos/media_access.py",
    "subscriptions/models/post.py",
    "subscriptions/posts/access.py",
    "subscriptions/posts/services.py",
    "subscriptions/copies.py",
    "subscriptions/admin.py",
    # What staff may watch, and the state that moderators read.
    "videos/review.py",
    "videos/moderation/previews.py",
    "subscriptions/posts/integrations.py",
}


@pytest.mark.parametrize("viewer", ["other", "anonymous"])
@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"visibility": Visibility.UNLISTED}, True),
        ({"visibility": Visibility.PRIVATE}, False),
        ({"generation": ""}, False),
        ({"is_taken_down": True}, False),
        ({"channel_is_active": False}, False),
    ],
)
def test_others_may_watch_what_is_open_and_not_private(viewer, change, allowed):
    gate = replace(OPEN, **change)
    assert gate.allows(VIEWERS[viewer]) is allowed
    assert gate.allows_anyone is allowed


def test_the_owner_may_always_watch():
    closed = replace(
        OPEN, visibility=Visibility.PRIVATE, generation="", is_taken_down=True, channel_is_active=False
    )
    assert closed.allows(VIEWERS["owner"])
    assert not closed.is_open


def test_a_private_video_is_open_to_share_links_and_only_a_public_one_is_listed():
    for visibility in Visibility:
        gate = replace(OPEN, visibility=visibility)
        assert gate.is_open
        assert gate.is_listed is (visibility == Visibility.PUBLIC)
        assert not replace(gate, is_taken_down=True).is_listed


@pytest.mark.parametrize(
    ("has_poster", "is_complete", "listed"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_lists_wait_for_a_thumbnail_and_addresses_do_not(has_poster, is_complete, listed):
    gate = replace(OPEN, has_poster=has_poster, is_complete=is_complete)
    assert gate.is_listed is listed
    assert gate.allows_anyone
    assert not replace(gate, generation="").is_listed


def test_a_document_without_fields_is_closed_to_others():
    gate = PlaybackGate.from_document({"channel_id": "owner"}, channel_is_active=True)
    assert not gate.allows_anyone
    assert gate.allows(VIEWERS["owner"])


@pytest.mark.usefixtures("database")
def test_rows_documents_and_pipelines_agree_in_every_state(cast):
    for number, (visibility, generation, is_taken_down) in enumerate(
        itertools.product(Visibility.values, ["", "g1"], [False, True])
    ):
        fields = {"visibility": visibility, "generation": generation, "is_taken_down": is_taken_down}
        Video.objects.create(pk=f"gate{number:07}", title=f"{fields}", channel=cast.owner, **fields)
    videos = list(Video.objects.select_related("channel"))
    assert len(videos) == 12
    documents = {row["_id"]: row for row in collection("videos_video").find()}
    unlisted = {row["_id"] for row in collection("videos_video").find(unlisted_open_match())}
    kept = set(Video.objects.filter(NOT_TAKEN_DOWN.q()).values_list("pk", flat=True))
    for video in videos:
        gate = PlaybackGate.from_document(documents[video.pk], channel_is_active=True)
        assert gate == PlaybackGate.of(video)
        assert may_watch(cast.stranger, video) is gate.allows(cast.stranger)
        assert (video.pk in unlisted) is (gate.allows_anyone and video.visibility == Visibility.UNLISTED)
        assert (video.pk in kept) is gate.meets(NOT_TAKEN_DOWN)
        assert Video.objects.filter(gate.unchanged(), pk=video.pk).exists()
        Video.objects.filter(pk=video.pk).update(is_taken_down=not video.is_taken_down)
        assert not Video.objects.filter(gate.unchanged(), pk=video.pk).exists()


def test_no_other_condition_asks_whether_a_video_is_taken_down():
    mentions = {
        str(path.relative_to(ROOT))
        for app in ("accounts", "videos", "playlists", "subscriptions", "streamsite")
        for path in (ROOT / app).rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts) and re.search(r"\bis_taken_down\b", path.read_text())
    }
    assert mentions == TAKEN_DOWN_ELSEWHERE | {"videos/playback_gate.py"}


@pytest.mark.parametrize("name", ["videos/services.py", "videos/mappers.py", "videos/media_access.py"])
def test_no_branch_depends_on_the_field(name):
    asked = [
        node.lineno
        for node in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.If | ast.IfExp | ast.BoolOp | ast.While | ast.comprehension)
        for part in (
            [node.test] if hasattr(node, "test") else getattr(node, "values", getattr(node, "ifs", []))
        )
        if any(isinstance(one, ast.Attribute) and one.attr == "is_taken_down" for one in ast.walk(part))
    ]
    assert asked == []
