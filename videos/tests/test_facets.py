"""Facets: every combination of filters is correct after every kind of change."""

from importlib import import_module
from itertools import product

import pytest

from streamsite.mongo.collections import collection
from tests.support.commands import recorded_documents
from videos import facet_store, facets, services
from videos.captions import services as caption_services
from videos.captions.webvtt import Cue
from videos.models import Video
from videos.search import store as search_store

URL = "/api/v1/videos"


@pytest.fixture
def found(database, cast):
    """The titles that a filter finds."""
    client = cast.api("anonymous")

    def ask(**filters):
        return {card["title"] for card in client.get(URL, filters).json()["results"]}

    return ask


def test_every_combination_finds_what_it_says(cast, found):
    kinds = {
        "category": {"music": {"category": "music"}, "news": {"category": "news"}},
        "language": {"en": {"language": "en"}, "": {"language": ""}},
        "duration": {
            "short": {"duration": 239.9}, "medium": {"duration": 240.0}, "long": {"duration": 1_200.1},
        },
        "captions": {"1": {"has_captions": True}, "": {"has_captions": False}},
    }  # fmt: skip
    all_of = list(product(*kinds.values()))
    for values in all_of:
        fields = [kinds[name][value] for name, value in zip(kinds, values, strict=True)]
        cast.video(title=",".join(values), **fields[0], **fields[1], **fields[2], **fields[3])
    for asked in product(("", "music"), ("", "en"), ("", "long"), ("", "1")):
        filters = {name: value for name, value in zip(kinds, asked, strict=True) if value}
        titles = {
            ",".join(values)
            for values in all_of
            if all(wanted in ("", value) for wanted, value in zip(asked, values, strict=True))
        }
        assert found(**filters, page_size=100) == titles, filters
        assert found(**filters, page_size=100, sort="views", uploaded="hour") == titles, filters


def test_they_follow_every_change(cast, found):
    video = cast.video(title="It", category="music", duration=10.0)
    assert found(category="music", duration="short") == {"It"}
    services.update(video, {"category": "news", "language": "fr"})
    assert found(category="music") == set()
    assert found(category="news", language="fr", duration="short") == {"It"}
    track = caption_services.add_track(video, [Cue(0.0, 1.0, "Bonjour")], language="fr")
    assert found(captions="1", category="news") == {"It"}
    assert found(captions="1", q="bonjour") == {"It"}
    caption_services.delete_track(track)
    assert found(captions="1") == set()
    services.update(Video.objects.get(), {"visibility": "private"})
    assert found(category="news") == set()


def test_rows_of_the_former_version_are_filled(cast, found):
    cast.video(title="Old", category="music")
    for table in (Video._meta.db_table, search_store.SEARCH_VIDEOS):
        collection(table).update_many({}, {"$unset": {"facets": 1}})
    assert found(category="music") == found(category="music", q="old") == set()
    migration = import_module("videos.migrations.0014_facets")
    migration.fill(None, None)
    migration.fill(None, None)
    assert found(category="music") == found(category="music", q="old") == {"Old"}


def test_a_text_stands_for_one_combination(cast):
    cast.video(category="music", language="en", duration=3_000.0, has_captions=True)
    texts = Video.objects.get().facets
    assert len(texts) == len(set(texts)) == 15
    assert facets.facet_key({"captions": "1", "category": "music"}) in texts
    assert facets.facet_key({}) == ""


def test_refreshing_takes_part_in_a_transaction(cast):
    """Else it would wait for the very transaction that it is in."""
    from django.db import transaction

    video = cast.video(category="music")
    with transaction.atomic(), recorded_documents() as seen:
        Video.objects.filter(pk=video.pk).update(category="news")
        facet_store.refresh_facets(Video._meta.db_table, {"_id": video.pk})
    assert all("lsid" in command for _, command in seen)
    assert facets.facet_key({"category": "news"}) in Video.objects.get().facets


def test_a_draft_has_them_before_its_file_is_there(cast):
    """Nothing of an upload that was begun waits for the nightly repair."""
    sent = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000", "Upload-Metadata": "filename YS5tcDQ="}
    answer = cast.api("owner").post("/api/v1/uploads", headers=sent)
    assert answer.status_code == 201, answer.content
    assert Video.objects.get().status == "uploading"
    assert list(facet_store.iter_stale_ids(Video._meta.db_table)) == []
