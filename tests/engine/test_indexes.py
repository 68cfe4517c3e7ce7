"""``manage.py ensure_indexes`` against a database whose indexes were changed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pymongo.collection import Collection

from streamsite.mongo import indexes
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database

Videos = Collection[dict[str, object]]


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("ensure_indexes", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def videos(database: None) -> Iterator[Videos]:
    """The collection of videos, whose indexes are as they should be before and after."""
    yield get_database()["videos_video"]
    indexes.ensure_indexes(prune=True)
    assert indexes.compare_indexes() == indexes.Report()


def test_a_prepared_database_needs_nothing(videos: Videos) -> None:
    """Migrations make the indexes that the models ask for; all commands are safe to repeat."""
    for arguments in ([], ["--check"], ["--prune"], []):
        assert _run(*arguments) == "All indexes are up to date.\n"


def test_missing_ones_are_made(videos: Videos) -> None:
    """Of a model, and of the search that no model describes."""
    videos.drop_index("video_listed")
    collection("search_video").drop_index("search_prefix")
    with pytest.raises(CommandError):
        _run("--check")
    assert "video_listed" not in videos.index_information()
    said = _run()
    assert "created: videos_video.video_listed" in said
    assert "created: search_video.search_prefix" in said
    assert _run("--check") == "All indexes are up to date.\n"


def test_extra_ones_are_told_and_dropped_on_request(videos: Videos) -> None:
    """The key's own index never is."""
    videos.create_index([("title", 1)], name="by_hand")
    assert "extra (--prune drops it): videos_video.by_hand" in _run()
    assert "by_hand" in videos.index_information()
    assert "dropped: videos_video.by_hand" in _run("--prune")
    assert "by_hand" not in videos.index_information()
    assert "_id_" in videos.index_information()


def test_different_ones_are_told_and_made_anew_on_request(videos: Videos) -> None:
    """Other keys or options under a known name."""
    right = videos.index_information()["video_listed"]["key"]
    videos.drop_index("video_listed")
    videos.create_index([("listed", 1)], name="video_listed")
    assert "differs (--prune rebuilds it): videos_video.video_listed" in _run()
    with pytest.raises(CommandError):
        _run("--check")
    assert "rebuilt: videos_video.video_listed" in _run("--prune")
    assert videos.index_information()["video_listed"]["key"] == right
