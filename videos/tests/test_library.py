"""``GET /videos``, ``PATCH /videos/{id}``: order, pages, filters, conditions."""

import threading

import pytest

from accounts.models import User
from streamsite.mongo.collections import collection
from tests.support.commands import recorded_queries
from videos.models import Video

URL = "/api/v1/videos"


def ids(answer):
    return [card["id"] for card in answer.json()["results"]]


def walk(api, url):
    """All ids, forwards, and the pages' number."""
    found, pages = [], 0
    while url:
        answer = api.get(url).json()
        found += [card["id"] for card in answer["results"]]
        url, pages = answer["next"], pages + 1
    return found, pages


def test_pages_cover_everything_once_and_lead_back(cast):
    made = [cast.video(title=f"Video {number}").pk for number in range(7)]
    api = cast.api("anonymous")
    found, pages = walk(api, f"{URL}?page_size=3")
    assert found == made[::-1]
    assert pages == 3
    second = api.get(api.get(f"{URL}?page_size=3").json()["next"]).json()
    assert ids(api.get(second["previous"])) == found[:3]


@pytest.mark.parametrize("size", ["0", "100000", "99999999999999"])
def test_the_page_size_is_clamped(cast, size):
    cast.video()
    assert cast.api("anonymous").get(f"{URL}?page_size={size}").status_code == 200


@pytest.mark.parametrize("query", ["page_size=-1", "page_size=x", "sort=password", "category=nope"])
def test_unknown_parameters_values_are_400(cast, query):
    assert cast.api("anonymous").get(f"{URL}?{query}").status_code == 400


@pytest.mark.parametrize("cursor", ["x", "e30", "a" * 5000])
def test_a_forged_cursor_is_400(cast, cursor):
    assert cast.api("anonymous").get(f"{URL}?cursor={cursor}").json()["code"] == "invalid_cursor"


def test_a_cursor_of_another_list_is_400(cast):
    for _ in range(3):
        cast.video()
    api = cast.api("anonymous")
    cursor = api.get(f"{URL}?page_size=1").json()["next"].split("cursor=")[1]
    for url in (f"{URL}?page_size=1&sort=oldest", "/api/v1/channels/owner/videos?page_size=1"):
        assert api.get(f"{url}&cursor={cursor}").json()["code"] == "invalid_cursor"


def test_sorts_and_filters(cast):
    first = cast.video(title="First", view_count=5, category="music")
    second = cast.video(title="Second", view_count=1)
    other = cast.video(title="Third", owner=cast.stranger, view_count=9)
    api = cast.api("anonymous")
    assert ids(api.get(f"{URL}?sort=oldest")) == [first.pk, second.pk, other.pk]
    assert ids(api.get(f"{URL}?sort=views")) == [other.pk, first.pk, second.pk]
    assert ids(api.get(f"{URL}?category=music")) == [first.pk]
    assert ids(api.get(f"{URL}?channel=stranger")) == [other.pk]
    assert ids(api.get(f"{URL}?channel=nobody")) == []


@pytest.mark.parametrize(
    "query", ["channel[$ne]=x", "title__regex=.*", "visibility=private", "owner__password__startswith=a"]
)
def test_unknown_filters_change_nothing(cast, query):
    cast.video()
    cast.video(visibility="private")
    assert len(ids(cast.api("anonymous").get(f"{URL}?{query}"))) == 1


def test_words_find_titles_and_never_hidden_videos(cast):
    found = cast.video(title="Sailing to the harbour")
    cast.video(title="Sailing in private", visibility="private")
    api = cast.api("anonymous")
    assert ids(api.get(f"{URL}?q=sailing")) == [found.pk]
    for strange in ("(a%2B)%2B$", ".*", "%22", "-", "$where", "*" * 500):
        assert api.get(f"{URL}?q={strange}").status_code == 200


@pytest.mark.usefixtures("uncached_rows")
def test_a_page_costs_the_same_commands_whatever_its_size(cast):
    for number in range(12):
        cast.video(title=f"V{number}")
    api = cast.api("anonymous")
    counts = []
    for size in (2, 10):
        with recorded_queries() as commands:
            api.get(f"{URL}?page_size={size}")
        counts.append(len(commands))
    assert counts[0] == counts[1] <= 4


def test_an_unchanged_answer_is_304(cast):
    video = cast.video()
    api = cast.api("anonymous")
    for url in (URL, f"{URL}/{video.pk}"):
        etag = api.get(url)["ETag"]
        assert api.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    assert "private" in cast.api("owner").get(URL)["Cache-Control"]


def test_metadata_is_cleaned_and_read_only_fields_stay(cast):
    video = cast.video()
    api = cast.api("owner")
    before = api.get(f"{URL}/{video.pk}").json()
    change = {"title": "  New\u202e  title ", "tags": ["#One", "one", "Two"], "language": "pt-BR"}
    forged = {
        "id": "x",
        "status": "failed",
        "counts": {"views": 9},
        "channel": "x",
        "created_at": "x",
        "version": 99,
    }
    after = api.patch(f"{URL}/{video.pk}", change | forged, format="json").json()
    assert (after["title"], after["tags"], after["language"]) == ("New title", ["one", "two"], "pt-BR")
    untouched = before.keys() - {"title", "tags", "language", "version", "updated_at", "viewer"}
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}
    assert after["version"] == before["version"] + 1


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"title": None}, {"title": "x" * 121}, {"title": 5}, {"tags": "x" * 50}, {"tags": {"$ne": 1}},
     {"visibility": "secret"}, {"category": "x"}, {"language": "$x"}, {"allow_embed": "maybe"}],
)  # fmt: skip
def test_bad_metadata_is_400_with_the_field(cast, change):
    video = cast.video()
    answer = cast.api("owner").patch(f"{URL}/{video.pk}", change, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(change)
    assert Video.objects.get(pk=video.pk).version == video.version


def test_a_stale_version_is_412(cast):
    video = cast.video()
    api = cast.api("owner")
    first = api.patch(
        f"{URL}/{video.pk}", {"title": "One"}, format="json", HTTP_IF_MATCH=f'"v{video.version}"'
    )
    second = api.patch(
        f"{URL}/{video.pk}", {"title": "Two"}, format="json", HTTP_IF_MATCH=f'"v{video.version}"'
    )
    assert (first.status_code, second.status_code) == (200, 412)
    assert api.delete(f"{URL}/{video.pk}", HTTP_IF_MATCH='"v1"').status_code == 412
    assert Video.objects.get(pk=video.pk).title == "One"


def test_a_deletion_that_meets_another_write_is_tried_again(cast):
    """The server ends the transaction that comes second; nobody has to press the button twice."""
    video = cast.video()
    rows = collection("videos_video")
    client = rows.database.client
    with client.start_session() as other:
        other.start_transaction()
        rows.update_one({"_id": video.pk}, {"$inc": {"view_count": 1}}, session=other)
        timer = threading.Timer(0.4, other.commit_transaction)
        timer.start()
        answer = cast.api("owner").delete(f"/api/v1/videos/{video.pk}")
        timer.join()
    assert answer.status_code == 204
    assert not Video.objects.exists()
    assert User.objects.get(username="owner").video_count == 0


def test_null_clears_what_may_be_empty_and_nothing_else(cast):
    written = {"description": "Words", "tags": ["one"], "category": "music", "language": "de"}
    mine = [{"start": 0, "title": "A"}, {"start": 5, "title": "B"}]
    video = cast.video(chapters=mine, chapters_edited=True, embed_domains=["example.org"], **written)
    api, cleared = (
        cast.api("owner"),
        {"description": "", "tags": [], "category": "other", "language": "", "chapters": []},
    )
    api.patch(f"{URL}/{video.pk}", {"publish_at": "2027-06-01T18:00:00Z"}, format="json")
    names = [*cleared, "publish_at", "embed_domains"]
    answer = api.patch(f"{URL}/{video.pk}", dict.fromkeys(names), format="json")
    assert answer.status_code == 200, answer.json()
    assert {name: answer.json()[name] for name in names} == cleared | {
        "publish_at": None,
        "embed_domains": [],
    }
    assert api.get("/api/v1/videos", {"tag": "one"}).json()["results"] == []
    for name in ("title", "visibility", "allow_comments"):
        refused = api.patch(f"{URL}/{video.pk}", {name: None}, format="json")
        assert (refused.status_code, list(refused.json()["fields"])) == (400, [name])


@pytest.mark.parametrize("value", [{}, [], ["film"], 5, {"$ne": ""}])
@pytest.mark.parametrize("field", ["category", "visibility", "publish_visibility"])
def test_a_choice_of_another_type_is_refused(database, cast, field, value):
    video = cast.video()
    answer = cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {field: value}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert list(answer.json()["fields"]) == [field]
