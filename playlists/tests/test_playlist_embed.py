"""``/embed/playlist/{id}`` and the oEmbed response of playlists."""

from urllib.parse import quote

import pytest

from playlists import embedding
from playlists.models import Playlist, PlaylistItem
from tests.support.commands import recorded
from videos import services as video_services

SITE = "http://localhost:8000"


def make(cast, videos, **fields):
    body = {"title": "List", "visibility": "public", "video_ids": [video.pk for video in videos], **fields}
    answer = cast.api("owner").post("/api/v1/playlists", body, format="json")
    assert answer.status_code == 201
    return answer.json()["id"]


@pytest.fixture
def videos(cast):
    return [cast.video(title=f"Video {number}") for number in range(1, 6)]


def entries(cast, playlist, query="", **headers):
    answer = cast.page("anonymous").get(f"/embed/playlist/{playlist}{query}", headers=headers)
    assert answer.status_code == 200
    return answer, [entry["index"] for entry in answer.context["window"].entries]


def test_it_plays_from_the_index_that_is_asked_for(cast, videos):
    playlist = make(cast, videos)
    answer, indexes = entries(cast, playlist)
    assert (indexes, answer.context["current"]["index"]) == ([1, 2, 3, 4, 5], 1)
    assert f'src="/embed/{videos[0].pk}"' in answer.content.decode()
    for raw, index in (("3", 3), ("99", 5), ("0", 1), ("-2", 1), ("x", 1), ("9" * 9, 1)):
        assert entries(cast, playlist, f"?index={raw}")[0].context["current"]["index"] == index
    assert answer["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "X-Frame-Options" not in answer


def test_times_are_of_the_first_video_and_loop_is_of_the_list(cast, videos):
    playlist = make(cast, videos)
    text = entries(cast, playlist, "?start=5&end=8&loop=1&cc=de&controls=0")[0].content.decode()
    assert f'src="/embed/{videos[0].pk}?start=5&amp;end=8&amp;controls=0&amp;cc=de"' in text
    assert 'data-query="?controls=0&amp;cc=de"' in text
    assert f'src="/embed/{videos[0].pk}?start=0"' in entries(cast, playlist, "?t=0")[0].content.decode()
    assert 'data-loop="1"' in text


def test_videos_that_may_not_be_embedded_are_left_out(cast, videos):
    playlist = make(cast, videos)
    video_services.update(videos[0], {"visibility": "private"})
    video_services.update(videos[2], {"allow_embed": False})
    video_services.update(videos[3], {"visibility": "unlisted"})
    answer, indexes = entries(cast, playlist)
    assert (indexes, answer.context["current"]["index"]) == ([2, 4, 5], 2)
    for title in ("Video 1", "Video 3"):
        assert title not in answer.content.decode()
    # The same for its owner: a frame knows no account.
    owners = cast.page("owner").get(f"/embed/playlist/{playlist}")
    assert [entry["index"] for entry in owners.context["window"].entries] == [2, 4, 5]


def test_an_unlisted_video_of_someone_else_is_not_in_a_public_list(cast, videos):
    other = cast.video(owner=cast.member, visibility="unlisted")
    playlist = make(cast, [*videos, other])
    assert entries(cast, playlist)[1] == [1, 2, 3, 4, 5]


def test_videos_with_a_list_of_sites_are_there_for_those_sites(cast, videos):
    playlist = make(cast, videos)
    video_services.update(videos[1], {"embed_domains": ["school.example"]})
    assert entries(cast, playlist)[1] == [1, 3, 4, 5]
    assert entries(cast, playlist, Referer="https://evil.example/")[1] == [1, 3, 4, 5]
    answer, indexes = entries(cast, playlist, Referer="https://school.example/")
    assert (indexes, 'data-site="school.example"' in answer.content.decode()) == ([1, 2, 3, 4, 5], True)
    assert entries(cast, playlist, "?site=school.example")[1] == [1, 2, 3, 4, 5]
    # A browser that tells the truth wins over what the address claims.
    assert entries(cast, playlist, "?site=school.example", Referer="https://evil.example/")[1] == [1, 3, 4, 5]
    # And a claim opens nothing: the video's own frame names who may frame it.
    frame = cast.page("anonymous").get(f"/embed/{videos[1].pk}")
    assert frame["Content-Security-Policy"].endswith("frame-ancestors 'self' school.example:*")


def test_hidden_and_absent_are_one_page(cast, videos):
    hidden = make(cast, videos, visibility="private")
    pages = [
        cast.page(who).get(f"/embed/playlist/{name}")
        for who in ("anonymous", "owner")
        for name in (hidden, "A" * 16)
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    cast.owner.is_active = False
    cast.owner.save()
    closed = make_unlisted_of_a_closed_account(cast)
    assert cast.page("anonymous").get(f"/embed/playlist/{closed}").content == pages[0].content


def make_unlisted_of_a_closed_account(cast):
    return Playlist.objects.create(owner=cast.owner, title="Closed", visibility="unlisted").pk


def test_nothing_to_play_says_so(cast, videos):
    playlist = make(cast, videos[:1])
    video_services.update(videos[0], {"visibility": "private"})
    answer = cast.page("anonymous").get(f"/embed/playlist/{playlist}")
    assert (answer.status_code, b"No videos to show" in answer.content) == (200, True)


@pytest.mark.usefixtures("uncached_rows")
def test_a_long_playlist_is_shown_in_parts_for_a_fixed_price(cast, videos):
    playlist = Playlist.objects.get(pk=make(cast, videos))
    PlaylistItem.objects.bulk_create(
        PlaylistItem(playlist=playlist, video=videos[number % 5], rank=10_000.0 + number, copy=str(number))
        for number in range(295)
    )
    Playlist.objects.filter(pk=playlist.pk).update(item_count=300)
    short = make(cast, videos[:1])
    for one in (short, playlist.pk):
        entries(cast, one)  # counts what everybody sees, once
    with recorded() as few:
        entries(cast, short)
    with recorded() as many:
        answer, indexes = entries(cast, playlist.pk, "?index=200")
    assert (indexes[0], indexes[-1], answer.context["current"]["index"]) == (190, 239, 200)
    assert len(many) == len(few) == 6, many
    part = (
        cast.page("anonymous")
        .get(f"/embed/playlist/{playlist.pk}?index=240", headers={"HX-Request": "true"})
        .content.decode()
    )
    assert 'data-first="230" data-last="279" data-total="300"' in part
    assert "<html" not in part


def test_a_part_without_anything_to_play_is_skipped(cast, videos):
    playlist = Playlist.objects.get(pk=make(cast, videos[:1]))
    hidden = cast.video(visibility="private")
    PlaylistItem.objects.bulk_create(
        [
            PlaylistItem(playlist=playlist, video=hidden, rank=10_000.0 + number, copy=str(number))
            for number in range(60)
        ]
        + [PlaylistItem(playlist=playlist, video=videos[1], rank=20_000.0)]
    )
    playlist.item_count = 62
    assert [entry["index"] for entry in embedding.load_playable_window(playlist, 2, "").entries] == [62]


def oembed(cast, url, **params):
    return cast.page("anonymous").get("/oembed", {"url": url, **params})


def test_oembed_describes_the_playlist_player(cast, videos):
    video = cast.video(has_poster=True, width=1280, height=720)
    playlist = make(cast, [video, *videos])
    body = oembed(cast, f"{SITE}/playlists/{playlist}").json()
    assert (body["type"], body["title"], body["author_url"]) == ("video", "List", f"{SITE}/@owner")
    assert (body["width"], body["height"]) == (640, 408)  # 360 and the bar below
    assert f'src="{SITE}/embed/playlist/{playlist}"' in body["html"]
    assert body["thumbnail_url"] == f"{SITE}/files/{video.pk}/poster.jpg"
    kept = oembed(cast, f"{SITE}/embed/playlist/{playlist}?loop=1&index=3&x=1").json()
    assert f'src="{SITE}/embed/playlist/{playlist}?loop=1&amp;index=3"' in kept["html"]
    small = oembed(cast, f"{SITE}/playlists/{playlist}", maxwidth=320, maxheight=150).json()
    assert (small["width"] <= 320, small["height"]) == (True, 150)
    page = cast.page("anonymous").get(f"/playlists/{playlist}").content.decode()
    asked = quote(f"{SITE}/playlists/{playlist}", safe="")
    assert f'type="application/json+oembed" href="{SITE}/oembed?url={asked}&amp;format=json"' in page


def test_oembed_tells_nothing_of_a_private_playlist(cast, videos):
    playlist = make(cast, videos, visibility="private")
    for kind in ("playlists", "embed/playlist"):
        assert oembed(cast, f"{SITE}/{kind}/{playlist}").status_code == 404
    assert "oembed" not in cast.page("owner").get(f"/playlists/{playlist}").content.decode()


def test_a_private_cover_is_no_thumbnail(cast, videos):
    video = cast.video(has_poster=True, width=1280, height=720)
    playlist = make(cast, [video, *videos])
    video_services.update(video, {"visibility": "private"})
    assert "thumbnail_url" not in oembed(cast, f"{SITE}/playlists/{playlist}").json()
