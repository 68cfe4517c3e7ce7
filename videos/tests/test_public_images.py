"""Thumbnails of public videos at lasting addresses: who gets them, for how long, and when that ends."""

import pytest

from videos import services, thumbnails
from videos.files import paths
from videos.models import Video


@pytest.fixture
def film(cast):
    """A public video with an automatic thumbnail."""
    video = cast.video(has_poster=True)
    folder = paths.generation_dir(video.pk, "gen1")
    folder.mkdir(parents=True)
    for name in ("card.webp", "poster.webp", "poster.jpg", "small.avif", "storyboard.vtt"):
        (folder / name).write_bytes(b"bytes")
    return video


def card_url(cast, who="anonymous"):
    return cast.api(who).get("/api/v1/videos").json()["results"][0]["thumbnail_url"]


def test_a_browser_keeps_it_for_good_and_other_caches_for_a_minute(cast, film):
    url = card_url(cast)
    assert url.endswith(f"/media/p/{film.pk}/gen1/card.webp")
    answer = cast.page("anonymous").get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=60, immutable"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer
    assert card_url(cast, "owner") == url


@pytest.mark.parametrize("who", ["anonymous", "stranger", "owner", "staff"])
@pytest.mark.parametrize("change", ["private", "unlisted", "taken down", "deactivated"])
def test_it_ends_with_the_video_being_public(cast, film, who, change):
    url = card_url(cast)
    if change == "taken down":
        services.take_down(film.pk)
    elif change == "deactivated":
        Video.objects.get(pk=film.pk).channel.__class__.objects.filter(pk=film.channel_id).update(
            is_active=False
        )
    else:
        services.update(film, {"visibility": change})
    from videos.views import media

    media.forget_all()
    if (who, change) != ("owner", "deactivated"):
        answer = cast.page(who).get(url)
        assert answer.status_code == 404
        assert "immutable" not in answer["Cache-Control"]


def test_other_files_and_folders_are_not_there(cast, film):
    base = f"/media/p/{film.pk}"
    for path in (
        "gen1/storyboard.vtt", "gen1/master.m3u8", "gen2/card.webp", "gen1/missing.webp", "gen1/card.svg",
        "gen1/..%2fcard.webp",
    ):  # fmt: skip
        assert cast.page("anonymous").get(f"{base}/{path}").status_code == 404, path
    assert cast.page("anonymous").get("/media/p/AAAAAAAAAAA/gen1/card.webp").status_code == 404


def test_videos_that_are_not_public_or_not_complete_keep_signed_addresses(cast, film):
    for fields in ({"visibility": "unlisted"}, {"visibility": "private"}, {"is_complete": False}):
        Video.objects.filter(pk=film.pk).update(visibility="public", is_complete=True)
        Video.objects.filter(pk=film.pk).update(**fields)
        video = Video.objects.select_related("channel").get(pk=film.pk)
        url = thumbnails.thumbnail_url(video, thumbnails.CARD)
        assert url is not None
        assert url.startswith("/media/v/"), fields
