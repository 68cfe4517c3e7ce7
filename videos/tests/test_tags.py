"""Tags: one for all spellings, found by any of them."""

import pytest

from streamsite.mongo.collections import collection
from videos import tags, video_store
from videos.models import Video


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["İzmir", "izmir", "IZMIR"], ["izmir"]),
        (["# Cats", "#cats", "##  CATS"], ["cats"]),
        (["Élan", "elan", "Elan"], ["élan"]),
        (["Straße", "STRASSE"], ["straße"]),
        (["Ｆｕｌｌ", "full"], ["ｆｕｌｌ"]),
        (["two  words", "Two Words"], ["two words"]),
        (["c", "c++", "C#", "C++"], ["c", "c++", "c#"]),
        (["#", "  ", "\u202e", "# #"], []),
        ("One, two，three、#four", ["one", "two", "three", "four"]),
        (["🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"], ["🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]),
    ],
)
def test_spellings_of_a_tag_are_one(sent, kept):
    assert tags.clean_tags(sent) == kept
    assert tags.clean_tags(kept) == kept


def test_a_tag_is_found_by_any_of_its_spellings(cast):
    first, other = cast.video(), cast.video()
    api = cast.api("owner")
    changed = api.patch(f"/api/v1/videos/{first.pk}", {"tags": ["# İzmir", "Élan"]}, format="json")
    assert changed.json()["tags"] == ["izmir", "élan"]
    api.patch(f"/api/v1/videos/{other.pk}", {"tags": ["elan"]}, format="json")

    def found(**params):
        return {row["id"] for row in api.get("/api/v1/videos", params).json()["results"]}

    assert found(tag="İzmir") == found(tag="#izmir") == {first.pk}
    assert found(tag="elan") == found(tag="ÉLAN") == {first.pk, other.pk}
    assert found(tag="elan", q="video") == {first.pk, other.pk}
    assert found(tag="izmir", q="elan") == {first.pk}
    assert found(tag="ela") == set()


def test_tags_that_the_previous_release_wrote_get_their_keys(cast):
    video = cast.video(tags=["one"])
    assert video.tag_keys == ["one"]
    collection("videos_video").update_one({"_id": video.pk}, {"$set": {"tags": ["élan"]}})
    assert list(video_store.iter_stale_tag_keys()) == [video.pk]
    tags.refresh_tag_keys(video_store.iter_stale_tag_keys())
    assert Video.objects.get(pk=video.pk).tag_keys == ["elan"]
    assert list(video_store.iter_stale_tag_keys()) == []
