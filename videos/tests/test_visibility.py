"""Visibility of videos: every URL, requested by every kind of caller."""

import pytest

from accounts.models import User
from tests.support.users import Cast
from videos import services
from videos.files import paths, tokens
from videos.models import Video

EVERYBODY = ("owner", "member", "stranger", "staff", "anonymous")


@pytest.fixture
def watched(cast: Cast):
    """A ready video with one file, as a factory by visibility."""

    def make(visibility, **fields):
        video = cast.video(visibility=visibility, **fields)
        folder = paths.generation_dir(video.pk, "gen1")
        folder.mkdir(parents=True)
        (folder / "master.m3u8").write_bytes(b"#EXTM3U\n" + bytes(range(256)) * 4)
        return video

    return make


def addresses(video, viewer_class):
    token = tokens.create_page_token(video.pk, "gen1", viewer_class)
    return [
        f"/watch/{video.pk}",
        f"/api/v1/videos/{video.pk}",
        f"/media/v/{token}/{video.pk}/gen1/master.m3u8",
    ]


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [("public", EVERYBODY), ("unlisted", EVERYBODY), ("private", ("owner",))],
)
def test_everybody_sees_what_the_owner_allowed(cast, watched, visibility, seen_by, who):
    video = watched(visibility)
    viewer_class = tokens.OWNER if visibility == "private" else tokens.PUBLIC
    page = cast.page(who)
    expected = 200 if who in seen_by else 404
    assert [page.get(url).status_code for url in addresses(video, viewer_class)] == [expected] * 3
    assert cast.api(who).get(addresses(video, viewer_class)[1]).status_code == expected


@pytest.mark.parametrize("who", EVERYBODY)
def test_lists_show_public_videos_only(cast, watched, who):
    public, _, _ = (watched(visibility) for visibility in ("public", "unlisted", "private"))
    watched("public", status="processing", ready=False)
    for url in ("/api/v1/videos", "/api/v1/channels/owner/videos", "/api/v1/videos?channel=owner"):
        assert [card["id"] for card in cast.api(who).get(url).json()["results"]] == [public.pk]


@pytest.mark.parametrize("who", ["member", "stranger", "staff", "anonymous"])
def test_a_video_that_is_not_ready_is_its_owners_alone(cast, watched, who):
    video = watched("public", status="processing", ready=False)
    assert cast.api(who).get(f"/api/v1/videos/{video.pk}").status_code == 404
    assert cast.api("owner").get(f"/api/v1/videos/{video.pk}").status_code == 200


def test_absent_and_hidden_answer_alike(cast, watched):
    hidden = cast.api("stranger").get(f"/api/v1/videos/{watched('private').pk}")
    absent = cast.api("stranger").get("/api/v1/videos/AAAAAAAAAAA")
    bodies = [answer.json() for answer in (hidden, absent)]
    for body in bodies:
        body.pop("request_id")
    assert hidden.status_code == absent.status_code == 404
    assert bodies[0] == bodies[1]


def test_making_a_video_private_stops_its_public_media_addresses(cast, watched):
    video = watched("public")
    url = cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").json()["hls_url"]
    assert cast.api("anonymous").get(url).status_code == 200
    services.update(video, {"visibility": "private"})
    for who in EVERYBODY:
        assert cast.api(who).get(url).status_code == 404


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize(
    ("visibility", "who", "expected"),
    [
        ("public", "stranger", 403), ("public", "staff", 403), ("public", "anonymous", 401),
        ("private", "stranger", 404), ("private", "anonymous", 401),
    ],
)  # fmt: skip
def test_only_the_owner_changes_a_video(cast, watched, method, visibility, who, expected):
    video = watched(visibility)
    answer = getattr(cast.api(who), method)(f"/api/v1/videos/{video.pk}", {"title": "Taken"}, format="json")
    assert answer.status_code == expected
    assert Video.objects.get(pk=video.pk).title == "A video"


def test_the_counter_follows_visibility_however_often_it_changes(cast, watched):
    video = watched("public")
    for visibility in ("private", "public", "public", "unlisted", "public"):
        video = services.update(video, {"visibility": visibility})
    services.refresh_listing(video.pk)
    assert User.objects.get(pk=cast.owner.pk).video_count == 1


@pytest.mark.parametrize(
    "video_id", ["$gt", "a", "AAAAAAAAAAAA", "%00%00%00%00%00%00", "١١١١١١١١١١١", "null"]
)
def test_strange_ids_are_404(cast, video_id):
    assert cast.api("anonymous").get(f"/api/v1/videos/{video_id}").status_code == 404
    assert cast.page("anonymous").get(f"/watch/{video_id}").status_code == 404
