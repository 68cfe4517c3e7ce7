"""Data steps of migrations: pieces of a collection, again after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from pymongo.collection import Collection

from streamsite.mongo.batches import batches, id_batches
from streamsite.mongo.collections import collection
from tests.support.commands import LOG
from tests.support.kills import collect_writes, kill_after
from tests.support.users import Cast
from videos.models import Video

Numbers = Collection[dict[str, object]]


@pytest.fixture
def numbers(database: None) -> Iterator[Numbers]:
    """Seven documents, some of them done."""
    found = collection("batches_test")
    found.insert_many([{"_id": f"n{n}", "n": n, **({"done": True} if n < 2 else {})} for n in range(7)])
    yield found
    found.drop()


def test_pieces_are_asked_for_as_they_are_needed(numbers: Numbers) -> None:
    """In the order of the ids, with what was asked for, and what has been done meanwhile is left out."""
    pieces = batches(numbers, {"done": None}, fields=("n",), size=2)
    assert next(pieces) == [{"_id": "n2", "n": 2}, {"_id": "n3", "n": 3}]
    numbers.update_one({"_id": "n4"}, {"$set": {"done": True}})
    assert [[document["n"] for document in piece] for piece in pieces] == [[5, 6]]


def test_a_condition_on_the_id_holds(numbers: Numbers) -> None:
    """Together with the place that was reached."""
    assert list(id_batches(numbers, {"_id": {"$lt": "n3"}}, size=2)) == [["n0", "n1"], ["n2"]]


def test_facets_are_filled_from_where_a_kill_left_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces; none is done twice."""
    step = import_module("videos.migrations.0014_facets")
    monkeypatch.setattr(step, "id_batches", lambda *arguments: id_batches(*arguments, size=2))
    videos = [cast.video(title=f"v{n}") for n in range(5)]
    collection("videos_video").update_many({}, {"$set": {"facets": []}})
    collection("search_video").update_many({}, {"$unset": {"facets": ""}})
    with connection.schema_editor() as editor:
        with kill_after(LOG.writes, 2):
            step.fill(apps, editor)
        with collect_writes(LOG.writes) as done:
            step.fill(apps, editor)
    assert done == ["update videos_video", *["update search_video"] * 3]
    expected = [Video.objects.get(pk=video.pk).facets for video in videos]
    assert all(expected)
    assert [collection("search_video").find_one({"_id": video.pk})["facets"] for video in videos] == expected
