"""Rebuilding the search index: in batches, with pauses, from where it stopped, beside changes."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import profile
from streamsite.mongo.collections import collection
from streamsite.progress import Progress
from tests.support.commands import recorded_queries
from videos import services
from videos.captions import services as caption_services
from videos.captions.webvtt import Cue
from videos.models import Video
from videos.search import index, rebuild, store, vocabulary_store


@pytest.fixture
def library(database, cast):
    return [cast.video(title=f"Harbour {number}", description="Boats and birds") for number in range(6)]


def documents():
    return {row["_id"]: row for row in collection(store.SEARCH_VIDEOS).find()}


class Interrupted(Exception):
    pass


def interrupted_after(batches):
    """Return a pace that interrupts a rebuild after so many batches."""
    paused = []

    def sleep(seconds):
        paused.append(seconds)
        if len(paused) == batches:
            raise Interrupted

    return rebuild.Pace(50, sleep)


def test_a_rebuild_writes_what_single_updates_write(library, cast):
    caption_services.add_track(library[0], [Cue(0.0, 1.0, "Seagulls cry")], language="en")
    caption_services.add_track(library[0], [Cue(0.0, 1.0, "Les mouettes")], language="fr")
    services.update(library[1], {"tags": ["Port"], "language": "de", "is_sensitive": True})
    Video.objects.filter(pk=library[2].pk).update(view_count=900)
    index.update_popularity(library[2].pk, 900)
    for video in library:
        index.refresh_document(video.pk)
    expected = documents()
    collection(store.SEARCH_VIDEOS).update_many(
        {}, {"$set": {"names": [], "words": [], "line": "", "pairs": []}}
    )
    collection(store.SEARCH_VIDEOS).insert_one({"_id": "not-a-video", "title": "cat"})
    assert rebuild.count_unlisted() == 1
    assert rebuild.rebuild_index() == 6
    assert documents() == expected


def test_a_batch_takes_as_many_commands_for_many_videos(library):
    commands = []
    for ids in ([library[0].pk], [video.pk for video in library]):
        with recorded_queries() as recorded:
            rebuild._rebuild_documents(ids)
        commands.append(list(recorded))
    assert commands[0] == commands[1]
    assert len(commands[0]) <= 8


def test_an_interrupted_rebuild_goes_on_where_it_stopped(library, monkeypatch):
    monkeypatch.setattr(rebuild, "BATCH", 2)
    collection(store.SEARCH_VIDEOS).update_many({}, {"$set": {"shape": 4, "title": "old"}})
    with pytest.raises(Interrupted):
        rebuild.rebuild_index(pace=interrupted_after(2))
    done = {video_id for video_id, row in documents().items() if row["shape"] == index.SCHEMA_VERSION}
    assert len(done) == rebuild.count_done() == 4
    collection(store.SEARCH_VIDEOS).update_many({}, {"$set": {"title": "untouched"}})
    progress = Progress()
    assert rebuild.rebuild_index(progress) == 6
    untouched = {video_id for video_id, row in documents().items() if row["title"] == "untouched"}
    assert untouched == done
    assert rebuild.count_done() == 0
    assert not index.has_outdated_documents()
    assert vocabulary_store.is_known_word("harbour")


def test_a_rebuild_begins_anew_when_asked_or_when_the_place_is_old(library, monkeypatch):
    monkeypatch.setattr(rebuild, "BATCH", 2)
    for change in ("from_start", "day", "shape"):
        with pytest.raises(Interrupted):
            rebuild.rebuild_index(pace=interrupted_after(1))
        collection(store.SEARCH_VIDEOS).update_many({}, {"$set": {"title": "untouched"}})
        places = collection(store.SEARCH_REBUILDS)
        if change == "day":
            places.update_one({}, {"$set": {"at": timezone.now() - timedelta(days=2)}})
        if change == "shape":
            places.update_one({}, {"$set": {"shape": index.SCHEMA_VERSION - 1}})
        assert rebuild.rebuild_index(from_start=change == "from_start") == 6
        assert "untouched" not in {row["title"] for row in documents().values()}
        assert places.count_documents({}) == 0


def test_what_changes_during_a_batch_is_not_overwritten(library, cast, monkeypatch):
    """As two processes do it: a change, and its document, between the reading and the writing of a batch."""
    renamed, hidden, said, gone, popular = library[:5]
    load = rebuild._load
    reads = []

    def load_and_change(ids):
        found = load(ids)
        reads.append(ids)
        if len(reads) == 1:
            services.update(Video.objects.get(pk=renamed.pk), {"title": "Lighthouse"})
            services.update(Video.objects.get(pk=hidden.pk), {"visibility": "private"})
            caption_services.add_track(said, [Cue(0.0, 1.0, "Seagulls")], language="en")
            services.delete(Video.objects.get(pk=gone.pk))
            Video.objects.filter(pk=popular.pk).update(view_count=5_000)
            index.update_popularity(popular.pk, 5_000)
        return found

    monkeypatch.setattr(rebuild, "_load", load_and_change)
    rebuild.rebuild_index()
    assert len(reads) == 2
    known = documents()
    assert known[renamed.pk]["title"] == "Lighthouse"
    assert "seagulls" in known[said.pk]["words"]
    assert known[popular.pk]["popularity"] == index.popularity_bucket(5_000)
    assert not {hidden.pk, gone.pk} & set(known)


def test_a_channel_renamed_during_a_batch_is_found(library, cast, monkeypatch):
    load = rebuild._load

    def load_and_rename(ids):
        found = load(ids)
        profile.update(cast.owner, {"full_name": "Wonderful Pictures"})
        return found

    monkeypatch.setattr(rebuild, "_load", load_and_rename)
    rebuild.rebuild_index()
    assert all("wonderful" in row["names"] for row in documents().values())


@pytest.mark.parametrize(("share", "expected"), [(100, []), (50, [3.0]), (25, [9.0]), (1, [297.0])])
def test_a_rebuild_pauses_for_the_rest_of_the_time(share, expected):
    paused = []
    rebuild.Pace(share, paused.append).pause_after(3.0)
    assert paused == pytest.approx(expected)


def test_the_command_says_what_it_continues_and_refuses_no_percentage(library, monkeypatch):
    monkeypatch.setattr(rebuild, "BATCH", 2)
    with pytest.raises(Interrupted):
        rebuild.rebuild_index(pace=interrupted_after(1))
    out = StringIO()
    call_command("rebuild_search", "--dry-run", stdout=out)
    assert out.getvalue().startswith("4 videos and ")
    call_command("rebuild_search", "--dry-run", "--from-start", stdout=out)
    assert "\n6 videos and " in out.getvalue()
    call_command("rebuild_search", "--share", "90", stdout=out)
    assert "An interrupted run has done 2 videos; continuing behind them." in out.getvalue()
    assert out.getvalue().splitlines()[-1].startswith("6 videos and ")
    for share in ("0", "101"):
        with pytest.raises(CommandError, match="1 to 100"):
            call_command("rebuild_search", "--share", share)
