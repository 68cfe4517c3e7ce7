"""The owner's table of videos: filters, orders, pages; one change for many of them, by the API and by forms."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from playlists.models import Playlist, PlaylistItem
from tests.support.commands import recorded_queries
from videos.models import Status, Video
from videos.studio import bulk_actions

VIDEOS, BULK = "/api/v1/studio/videos", "/api/v1/studio/videos/bulk"


@pytest.fixture
def shelf(cast):
    """Three of the owner's videos and one of a stranger."""
    start = datetime.now(UTC) - timedelta(days=9)
    rows = [
        cast.video(title="First light", category="film", view_count=5, like_count=1, created_at=start),
        cast.video(
            title="Second LIGHT",
            visibility="private",
            view_count=9,
            like_count=0,
            created_at=start + timedelta(days=1),
        ),
        cast.video(
            title="Third",
            ready=False,
            status=Status.FAILED,
            failure_code="unsupported_media",
            failure_detail="No.",
            like_count=7,
            created_at=start + timedelta(days=2),
        ),
    ]
    cast.video(owner=cast.stranger, title="Not the owner's light")
    return rows


def found(cast, **params):
    answer = cast.api("owner").get(VIDEOS, params)
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("params", "titles"),
    [
        ({}, ["Third", "Second LIGHT", "First light"]),
        ({"sort": "oldest"}, ["First light", "Second LIGHT", "Third"]),
        ({"sort": "views"}, ["Second LIGHT", "First light", "Third"]),
        ({"sort": "likes"}, ["Third", "First light", "Second LIGHT"]),
        ({"q": "light"}, ["Second LIGHT", "First light"]),
        ({"q": ".*"}, []),
        ({"visibility": "private"}, ["Second LIGHT"]),
        ({"status": "failed"}, ["Third"]),
        ({"category": "film"}, ["First light"]),
        ({"q": "light", "visibility": "public", "sort": "views"}, ["First light"]),
    ],
)
def test_filters_and_orders_of_the_api_and_of_the_page(database, cast, shelf, params, titles):
    assert found(cast, **params) == titles
    page = cast.page("owner").get("/studio/videos", params)
    assert [row["title"] for row in page.context["page"]["results"]] == titles


@pytest.mark.parametrize("name", ["visibility", "status", "category", "sort"])
def test_unknown_filters_are_refused(database, cast, name):
    for value in ("x", "$ne", "public "):
        answer = cast.api("owner").get(VIDEOS, {name: value})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
        assert name in answer.json()["fields"]
    assert cast.page("owner").get("/studio/videos", {name: "x"}).status_code == 400


def test_rows_say_what_an_owner_must_know(database, cast, shelf):
    row = cast.api("owner").get(VIDEOS).json()["results"][0]
    assert row["failure"] == {"code": "unsupported_media", "detail": "No.", "retryable": False}
    assert (row["counts"]["likes"], row["category"], row["is_taken_down"]) == (7, "other", False)
    assert cast.api("anonymous").get(VIDEOS).status_code == 401


@pytest.mark.usefixtures("uncached_rows")
def test_a_page_further_on_keeps_its_filters_and_few_commands(database, cast):
    for number in range(12):
        cast.video(title=f"V{number:02}", view_count=number)
    api = cast.api("owner")
    first = api.get(VIDEOS, {"sort": "views", "page_size": 5}).json()
    second = api.get(first["next"]).json()
    assert [row["title"] for row in second["results"]] == ["V06", "V05", "V04", "V03", "V02"]
    assert api.get(first["next"].replace("sort=views", "sort=likes")).json()["code"] == "invalid_cursor"
    for size in (1, 12):
        with recorded_queries() as seen:
            api.get(VIDEOS, {"page_size": size})
        assert [one for one in seen if "auth_session" not in one and "throttle" not in one] == [
            "find accounts_user",
            "find videos_video",
            "find accounts_user",
        ]
        page = cast.page("owner")
        page.get("/studio/videos")
        with recorded_queries() as seen:
            page.get("/studio/videos", {"page_size": size})
        assert len([one for one in seen if "session" not in one]) <= 4, seen


def change(cast, ids, action, value=None, who="owner", status=200):
    body = {"video_ids": ids, "action": action} | ({"value": value} if value is not None else {})
    answer = cast.api(who).post(BULK, body, format="json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_visibility_of_many_is_changed_as_that_of_one(database, cast, shelf):
    ids = [row.pk for row in shelf]
    answer = change(cast, ids, "visibility", "public")
    assert (answer["changed"], answer["unchanged"], answer["refused"]) == (1, 2, 0)
    assert [row["outcome"] for row in answer["results"]] == ["unchanged", "changed", "unchanged"]
    assert User.objects.get(pk=cast.owner.pk).video_count == 2  # the failed one is in no list
    versions = list(Video.objects.order_by("pk").values_list("version", flat=True))
    again = change(cast, ids, "visibility", "public")
    assert (again["changed"], again["unchanged"]) == (0, 3)
    assert list(Video.objects.order_by("pk").values_list("version", flat=True)) == versions


def test_videos_of_others_stay_and_the_page_says_why(database, cast, shelf):
    public = cast.video(owner=cast.stranger, title="Theirs")
    hidden = cast.video(owner=cast.stranger, visibility="private")
    ids = [shelf[0].pk, public.pk, hidden.pk, "AAAAAAAAAAA", "no id", {"$gt": ""}.__repr__()]
    answer = change(cast, ids, "category", "music")
    assert [(row["outcome"], row["code"]) for row in answer["results"]] == [
        ("changed", None),
        ("refused", "permission_denied"),
        *[("refused", "not_found")] * 4,
    ]
    assert Video.objects.get(pk=public.pk).category == "other"
    answer = change(cast, [public.pk, hidden.pk], "delete")
    assert answer["refused"] == 2
    assert Video.objects.filter(pk__in=[public.pk, hidden.pk]).count() == 2
    told = {
        (row["code"], row["detail"]) for row in change(cast, [hidden.pk, "BBBBBBBBBBB"], "delete")["results"]
    }
    assert len(told) == 1  # hidden looks like absent


def test_deleting_many_leaves_nothing_and_may_be_repeated(database, cast, shelf):
    ids = [row.pk for row in shelf]
    assert change(cast, ids[:2], "delete")["changed"] == 2
    assert change(cast, ids, "delete")["changed"] == 1
    assert change(cast, ids, "delete")["refused"] == 3
    assert not Video.objects.filter(channel=cast.owner).exists()
    assert User.objects.get(pk=cast.owner.pk).video_count == 0


def test_many_are_added_to_a_playlist_once(database, cast, shelf):
    playlist = cast.api("owner").post("/api/v1/playlists", {"title": "Mine"}, format="json").json()["id"]
    theirs = (
        cast.api("stranger")
        .post("/api/v1/playlists", {"title": "Theirs", "visibility": "public"}, format="json")
        .json()["id"]
    )
    ids = [row.pk for row in shelf]
    assert change(cast, ids[:2], "playlist", playlist)["changed"] == 2
    again = change(cast, ids, "playlist", playlist)
    assert (again["changed"], again["unchanged"]) == (1, 2)
    assert Playlist.objects.get(pk=playlist).item_count == 3
    for wrong in (theirs, "A" * 16, "$", None):
        refused = change(cast, ids, "playlist", wrong, status=400)
        assert refused["fields"] == {"value": refused["fields"]["value"]}
    assert PlaylistItem.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "video_ids"),
        ({"video_ids": [], "action": "delete"}, "video_ids"),
        ({"video_ids": "x", "action": "delete"}, "video_ids"),
        ({"video_ids": [1], "action": "delete"}, "video_ids"),
        ({"video_ids": [{"$gt": ""}], "action": "delete"}, "video_ids"),
        ({"video_ids": [f"{n:011}" for n in range(101)], "action": "delete"}, "video_ids"),
        ({"video_ids": ["{id}"]}, "action"),
        ({"video_ids": ["{id}"], "action": "explode"}, "action"),
        ({"video_ids": ["{id}"], "action": ["delete"]}, "action"),
        ({"video_ids": ["{id}"], "action": "visibility"}, "value"),
        ({"video_ids": ["{id}"], "action": "visibility", "value": "secret"}, "value"),
        ({"video_ids": ["{id}"], "action": "category", "value": {"$ne": ""}}, "value"),
        ({"video_ids": ["{id}"], "action": "title", "value": "x"}, "action"),
    ],
)
def test_a_wrong_change_changes_nothing(database, cast, shelf, body, field):
    if body.get("video_ids") == ["{id}"]:
        body = body | {"video_ids": [shelf[0].pk]}
    before = list(Video.objects.order_by("pk").values_list("pk", "version"))
    answer = cast.api("owner").post(BULK, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert field in answer.json()["fields"]
    assert list(Video.objects.order_by("pk").values_list("pk", "version")) == before


def test_the_same_change_by_many_at_once_is_one(database, cast, shelf):
    ids = [row.pk for row in shelf]

    def remove(_: int) -> int:
        try:
            return sum(
                one.outcome == bulk_actions.CHANGED
                for one in bulk_actions.apply_action(cast.owner, ids, "visibility", "private")
            )
        finally:
            connection.close()

    assert cast.owner
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(remove, range(6)))
    assert set(Video.objects.filter(pk__in=ids).values_list("visibility", flat=True)) == {"private"}
    assert User.objects.get(pk=cast.owner.pk).video_count == 0


def told(page):
    return " ".join(str(message) for message in page.context["messages"])


def test_the_form_changes_says_how_many_and_comes_back(database, cast, shelf):
    page, back = cast.page("owner"), "/studio/videos?visibility=public"
    ids = [shelf[0].pk, shelf[1].pk]
    sent = {"video_ids": ids, "action": "visibility", "value_visibility": "unlisted", "next": back}
    answer = page.post("/studio/videos/bulk", sent)
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert "2 videos updated." in told(page.get("/studio/videos"))
    theirs = cast.video(owner=cast.stranger)
    sent |= {"video_ids": [*ids, theirs.pk], "value_visibility": "private", "next": "https://evil.example/"}
    answer = page.post("/studio/videos/bulk", sent)
    assert answer["Location"] == "/studio/videos"
    said = told(page.get("/studio/videos"))
    assert "2 videos updated." in said
    assert "1 video wasn't updated. You don't have permission to do this." in said
    assert Video.objects.get(pk=theirs.pk).visibility == "public"


def test_without_scripts_all_on_the_page_are_those_it_showed(database, cast, shelf):
    page = cast.page("owner")
    sent = {
        "all": "1",
        "listed": [row.pk for row in shelf[:2]],
        "action": "category",
        "value_category": "music",
    }
    assert page.post("/studio/videos/bulk", sent).status_code == 302
    assert [Video.objects.get(pk=row.pk).category for row in shelf] == ["music", "music", "other"]


def test_a_change_without_a_chosen_value_is_refused_with_a_sentence(database, cast, shelf):
    page = cast.page("owner")
    for name, label in (("visibility", "Visibility"), ("category", "Category")):
        sent = {"video_ids": [shelf[0].pk], "action": name, f"value_{name}": ""}
        assert page.post("/studio/videos/bulk", sent).status_code == 302
        shown = page.get("/studio/videos")
        assert told(shown) == f"Select a value for “{label}”."
        assert f'name="value_{name}"><option value="">Select…</option>' in shown.content.decode()
    assert Video.objects.filter(version__gt=1).count() == 0


def test_deleting_by_form_asks_first_and_says_what_goes(database, cast, shelf):
    page = cast.page("owner")
    theirs = cast.video(owner=cast.stranger, title="Theirs")
    sent = {"video_ids": [shelf[0].pk, shelf[2].pk, theirs.pk], "action": "delete"}
    asked = page.post("/studio/videos/bulk", sent)
    text = asked.content.decode()
    assert asked.status_code == 200
    assert "First light" in text
    assert "Third" in text
    assert "Theirs" not in text
    assert "Delete 2 videos" in text
    assert Video.objects.filter(channel=cast.owner).count() == 3
    answer = page.post("/studio/videos/bulk", sent | {"confirmed": "1"})
    assert answer.status_code == 302
    assert "2 videos deleted." in told(page.get("/studio/videos"))
    assert list(Video.objects.order_by("title").values_list("title", flat=True)) == [
        "Not the owner's light",
        "Second LIGHT",
        "Theirs",
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "delete"},
        {"video_ids": ["{id}"]},
        {"video_ids": ["{id}"], "action": "visibility"},
        {"video_ids": ["{id}"], "action": "visibility", "value_visibility": "secret"},
        {"video_ids": [f"{n:011}" for n in range(101)], "action": "delete"},
    ],
)
def test_a_wrong_form_says_so(database, cast, shelf, sent):
    if sent.get("video_ids") == ["{id}"]:
        sent = sent | {"video_ids": [shelf[0].pk]}
    page = cast.page("owner")
    assert page.post("/studio/videos/bulk", sent).status_code == 302
    shown = page.get("/studio/videos")
    assert [message.level_tag for message in shown.context["messages"]] == ["error"]
    assert Video.objects.filter(version__gt=1).count() == 0


def test_pages_of_the_studio_are_for_who_is_signed_in(database, cast, shelf):
    anonymous = cast.page("anonymous")
    for path in ("/studio", "/studio/videos", f"/studio/videos/{shelf[0].pk}/stats"):
        assert anonymous.get(path)["Location"].startswith("/login")
    assert anonymous.post("/studio/videos/bulk", {})["Location"].startswith("/login")
    assert cast.page("owner").get("/studio/videos/bulk").status_code == 405
    stranger = cast.page("stranger")
    assert stranger.get(f"/studio/videos/{shelf[0].pk}/stats").status_code == 403
    assert stranger.get(f"/studio/videos/{shelf[1].pk}/stats").status_code == 404
    assert cast.page("owner").get("/studio?range=1d").status_code == 400


def test_an_empty_channel_has_pages_that_say_so(database, cast):
    page = cast.page("owner")
    assert "No views in this period" in page.get("/studio").content.decode()
    assert "No videos yet" in page.get("/studio/videos").content.decode()
    assert "No videos match these filters" in page.get("/studio/videos?q=x").content.decode()


def test_titles_that_try_to_be_markup_stay_text(database, cast):
    nasty = '<script>alert(1)</script>"><img src=x>{{7*7}}'
    video, page = cast.video(title=nasty), cast.page("owner")
    from videos.playback import statistics_store

    statistics_store.add_day(
        video.pk, video.channel_id, statistics_store.today(), {"views": 3, "seconds": 9.0}, "batch"
    )
    confirm = page.post("/studio/videos/bulk", {"video_ids": [video.pk], "action": "delete"})
    paths = ["/studio", "/studio/videos", f"/studio/videos/{video.pk}/stats", f"/studio/videos?q={nasty}"]
    for text in [confirm.content.decode(), *(page.get(path).content.decode() for path in paths)]:
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "style=" not in text
