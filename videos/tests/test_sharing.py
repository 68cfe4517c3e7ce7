"""The watch page's metadata for other programs, oEmbed, and lasting addresses of files."""

import json
from urllib.parse import quote

import extruct
import pytest

from tests.support.commands import recorded
from videos import services
from videos.syndication import metadata

SITE = "http://localhost:8000"
NASTY = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)> ]]> {{7*7}} \u202eRTL\u202c & \u2028 \x0b"
SHOWN = {"has_poster": True, "duration": 3723.4, "width": 1280, "height": 720, "view_count": 7}


@pytest.fixture
def film(cast):
    return cast.video(title="A film", description="About it.\nMore.", tags=["one"], language="en", **SHOWN)


def page_of(cast, video, who="anonymous", query=""):
    answer = cast.page(who).get(f"/watch/{video.pk}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def read(text):
    found = extruct.extract(text, base_url=SITE, syntaxes=["json-ld", "opengraph"])
    graph = {}
    for name, value in found["opengraph"][0]["properties"] if found["opengraph"] else []:
        graph.setdefault(name, value)
    return (found["json-ld"] or [None])[0], graph


def oembed(cast, who="anonymous", **params):
    return cast.page(who).get("/oembed", params)


def test_a_parser_finds_everything_on_the_watch_page(cast, film):
    data, graph = read(page_of(cast, film, query="?t=9&list=x"))
    url, files = f"{SITE}/watch/{film.pk}", f"{SITE}/files/{film.pk}"
    assert (data["@type"], data["name"], data["duration"]) == ("VideoObject", "A film", "PT1H2M3S")
    assert data["thumbnailUrl"] == [f"{files}/poster.jpg"]
    assert data["contentUrl"] == f"{files}/video.m3u8"
    assert data["embedUrl"] == f"{SITE}/embed/{film.pk}"
    assert data["uploadDate"].startswith(f"{film.published_at:%Y-%m-%dT%H:%M:%S}")
    assert data["author"]["url"] == f"{SITE}/@owner"
    assert (graph["og:title"], graph["og:url"], graph["og:type"]) == ("A film", url, "video.other")
    assert (graph["og:image"], graph["video:duration"]) == (f"{files}/poster.jpg", "3723")
    assert graph["og:video"] == f"{SITE}/embed/{film.pk}"


def test_a_file_for_download_is_another_encoding(cast):
    video = cast.video(allow_download=True, has_download=True, download_bytes=9, **SHOWN)
    data, graph = read(page_of(cast, video))
    assert data["contentUrl"] == f"{SITE}/files/{video.pk}/video.m3u8"
    assert data["encodingFormat"] == "application/vnd.apple.mpegurl"
    (file,) = data["encoding"]
    assert file["contentUrl"] == graph["og:video"] == f"{SITE}/files/{video.pk}/video.mp4"
    assert (file["encodingFormat"], file["contentSize"]) == ("video/mp4", "9")


def test_chapters_are_clips(cast):
    chapters = [{"start": 0, "title": "One"}, {"start": 60, "title": "Two"}]
    video = cast.video(chapters=chapters, **SHOWN)
    clips = read(page_of(cast, video))[0]["hasPart"]
    assert [(clip["name"], clip["endOffset"]) for clip in clips] == [("One", 60), ("Two", 3723.4)]
    assert clips[1]["url"] == f"{SITE}/watch/{video.pk}?t=60"


def test_the_page_says_where_it_is_and_who_else_knows_it(cast, film):
    text = page_of(cast, film, query="?t=9")
    assert f'<link rel="canonical" href="{SITE}/watch/{film.pk}">' in text
    assert f"{SITE}/feeds/channels/owner.rss" in text
    asked = quote(f"{SITE}/watch/{film.pk}", safe="")
    assert f'type="application/json+oembed" href="{SITE}/oembed?url={asked}&amp;format=json"' in text
    assert "noindex" not in text


def test_unlisted_is_described_and_not_indexed(cast):
    video = cast.video(visibility="unlisted", **SHOWN)
    text = page_of(cast, video)
    assert '<meta name="robots" content="noindex">' in text
    assert read(text)[0]["@type"] == "VideoObject"


@pytest.mark.parametrize("who", ["owner", "anonymous"])
def test_a_private_page_says_nothing_but_the_title(cast, who):
    video = cast.video(title="Mine alone", description="Words", visibility="private", **SHOWN)
    link = cast.api("owner").post(f"/api/v1/videos/{video.pk}/share-links", {}, format="json").json()["url"]
    text = page_of(cast, video, who, "" if who == "owner" else f"?{link.partition('?')[2]}")
    assert '<meta name="robots" content="noindex">' in text
    data, graph = read(text)
    assert (data, graph) == (None, {"og:title": "Mine alone"})
    head = text.partition("</head>")[0]
    for word in ("canonical", "oembed", "/files/", "twitter:", "/media/", "Words", "share="):
        assert word not in head


def test_typed_markup_is_inert_in_every_format(cast):
    cast.owner.full_name = NASTY[:80]
    cast.owner.save()
    video = cast.video(title=NASTY, description=NASTY, tags=[NASTY], chapters_edited=True, **SHOWN)
    text = page_of(cast, video)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    data, graph = read(text)
    assert (data["name"], data["keywords"]) == (NASTY, [NASTY])
    assert graph["og:title"].startswith("</script>")
    answer = oembed(cast, url=f"{SITE}/watch/{video.pk}")
    assert answer.json()["title"] == NASTY
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["html"].count("<") == 2


def test_oembed_describes_a_player(cast, film):
    answer = oembed(cast, url=f"{SITE}/watch/{film.pk}?t=5")
    body = answer.json()
    assert (body["type"], body["version"], body["author_url"]) == ("video", "1.0", f"{SITE}/@owner")
    assert (body["width"], body["height"], body["title"]) == (640, 360, "A film")
    assert f'src="{SITE}/embed/{film.pk}?start=5"' in body["html"]
    assert (body["thumbnail_url"], body["thumbnail_width"]) == (f"{SITE}/files/{film.pk}/poster.jpg", 1280)


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("watch/{id}?t=1m30s&autoplay=1", "?start=90"),
        ("watch/{id}?t=nonsense", ""),
        ("watch/{id}?t=0", "?start=0"),
        ("watch/{id}#t=1:30", "?start=90"),
        ("watch/{id}?share=x#comments", ""),
        (
            "embed/{id}?t=2&end=1m&loop=1&controls=0&cc=de&x=y",
            "?start=2&amp;end=60&amp;loop=1&amp;controls=0&amp;cc=de",
        ),
        ("embed/{id}?muted=1&autoplay=1&end=-3", "?autoplay=1&amp;muted=1"),
    ],
)
def test_oembed_keeps_the_start_and_the_options_of_an_address(cast, film, address, options):
    body = oembed(cast, url=f"{SITE}/{address.format(id=film.pk)}").json()
    assert f'src="{SITE}/embed/{film.pk}{options}"' in body["html"]


def test_oembed_of_a_channel_is_a_link_with_its_avatar(cast):
    cast.owner.avatar, cast.owner.full_name = "A" * 16, "The Owner"
    cast.owner.save()
    body = oembed(cast, url=f"{SITE}/@owner").json()
    assert (body["type"], body["title"], body["author_url"]) == ("link", "The Owner", f"{SITE}/@owner")
    assert body["thumbnail_url"] == f"{SITE}/media/profiles/{'A' * 16}/avatar-256.webp"
    small = oembed(cast, url=f"{SITE}/@owner", maxwidth=100).json()
    assert (small["thumbnail_width"], small["thumbnail_url"][-14:]) == (96, "avatar-96.webp")
    assert "thumbnail_url" not in oembed(cast, url=f"{SITE}/@owner", maxheight=50).json()
    page = cast.page("anonymous").get("/@owner").content.decode()
    asked = quote(f"{SITE}/@owner", safe="")
    assert f'type="application/json+oembed" href="{SITE}/oembed?url={asked}&amp;format=json"' in page


def test_programs_are_told_of_a_player_that_every_site_may_show(cast):
    video = cast.video(embed_domains=["example.org"], **SHOWN)
    data, graph = read(page_of(cast, video))
    assert "embedUrl" not in data
    assert "/embed/" not in graph["og:video"]
    # Who asks for oEmbed isn't known; the frame's own policy decides where it opens.
    assert oembed(cast, url=f"{SITE}/watch/{video.pk}").status_code == 200


@pytest.mark.parametrize(
    ("params", "size", "picture"),
    [
        ({"maxwidth": 320}, (320, 180), ("small.webp", 320)),
        ({"maxheight": 360}, (640, 360), ("card.webp", 640)),
        ({"maxwidth": 800, "maxheight": 90}, (160, 90), None),
        ({"maxwidth": 5000, "maxheight": 5000}, (1920, 1080), ("poster.jpg", 1280)),
        ({"maxwidth": 1}, (1, 1), None),
    ],
)
def test_oembed_keeps_to_the_size_that_is_asked_for(cast, film, params, size, picture):
    body = oembed(cast, url=f"{SITE}/watch/{film.pk}", **params).json()
    assert (body["width"], body["height"]) == size
    assert ("thumbnail_url" in body) == (picture is not None)
    if picture:
        assert body["thumbnail_url"].endswith(picture[0])
        assert body["thumbnail_width"] == picture[1]


def test_oembed_of_an_upright_film_is_upright(cast):
    video = cast.video(**(SHOWN | {"width": 1080, "height": 1920}))
    body = oembed(cast, url=f"{SITE}/watch/{video.pk}").json()
    assert (body["width"], body["height"]) == (360, 640)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("{site}/watch/{public}", 200),
        ("{site}/watch/{unlisted}", 200),
        ("{site}/watch/{private}", 404),
        ("{site}/watch/{closed}", 403),
        ("{site}/watch/AAAAAAAAAAA", 404),
        ("{site}/watch/{public}/", 200),
        ("{site}/embed/{public}?autoplay=1", 200),
        ("{site}/embed/{private}", 404),
        ("{site}/embed/{closed}", 403),
        ("{site}/@owner", 200),
        ("{site}/@owner/videos", 200),
        ("{site}/@nobody-at-all", 404),
        ("{site}/history", 404),
        ("{site}/watch/{public}/reaction", 404),
        ("https://example.org/watch/{public}", 404),
        ("http://localhost:8000@example.org/watch/{public}", 404),
        ("javascript:alert(1)//localhost:8000/watch/{public}", 404),
        ("http://[/watch/{public}", 404),
        ("/watch/{public}", 404),
        ("", 400),
    ],
)
@pytest.mark.parametrize("who", ["anonymous", "owner"])
def test_oembed_knows_what_anybody_with_the_link_may_see(cast, who, url, status):
    ids = {name: cast.video(visibility=name).pk for name in ("public", "unlisted", "private")}
    ids["closed"] = cast.video(allow_embed=False).pk
    answer = oembed(cast, who, url=url.format(site=SITE, **ids))
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"format": "xml"}, 501),
        ({"format": "json"}, 200),
        ({"maxwidth": "-1"}, 400),
        ({"maxheight": "x"}, 400),
    ],
)
def test_oembed_says_what_it_does_not_do(cast, film, params, status, caplog):
    assert oembed(cast, url=f"{SITE}/watch/{film.pk}", **params).status_code == status
    assert "Not Implemented" not in caplog.text


FILES = ("poster.jpg", "card.webp", "small.webp", "video.mp4", "video.m3u8")


@pytest.mark.parametrize("name", FILES)
def test_files_lead_on_while_the_video_may_be_seen(cast, name):
    video = cast.video(**SHOWN)
    url = f"/files/{video.pk}/{name}"
    answer = cast.page("anonymous").get(url)
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    lasts = name.endswith((".jpg", ".webp"))
    assert answer["Location"].startswith("/media/p/" if lasts else "/media/v/p")
    if name == "poster.jpg":  # there is only WebP of older videos
        assert answer["Location"].endswith("/poster.webp")
    services.update(video, {"visibility": "private"})
    for who in ("anonymous", "owner"):
        assert cast.page(who).get(url).status_code == 404
    services.update(video, {"visibility": "unlisted"})
    assert cast.page("anonymous").get(url).status_code == 302


def test_the_file_is_the_one_its_owner_offers_now(cast):
    video = cast.video(has_download=True, allow_download=True)
    page = cast.page("anonymous")
    assert page.get(f"/files/{video.pk}/video.mp4")["Location"].endswith("/download.mp4")
    services.update(video, {"allow_download": False})
    assert page.get(f"/files/{video.pk}/video.mp4")["Location"].endswith("/master.m3u8")
    assert page.get(f"/files/{video.pk}/poster.jpg").status_code == 404  # it has none
    assert page.get("/files/AAAAAAAAAAA/video.mp4").status_code == 404


def test_a_closed_channel_is_not_told_of(cast, film):
    cast.owner.is_active = False
    cast.owner.save()
    for path in (f"/files/{film.pk}/poster.jpg", "/feeds/channels/owner.rss"):
        assert cast.page("anonymous").get(path).status_code == 404
    assert oembed(cast, url=f"{SITE}/watch/{film.pk}").status_code == 404


def test_the_tags_cost_no_command_and_oembed_two(cast, film):
    with recorded() as commands:
        metadata.build_metadata(film)
    assert commands == []
    with recorded() as commands:
        oembed(cast, url=f"{SITE}/watch/{film.pk}")
    assert commands == ["find videos_video", "find accounts_user"]


def test_the_block_of_data_is_json(cast, film):
    text = page_of(cast, film)
    block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not {"<", ">", "&"} & set(block)
    assert json.loads(block)["name"] == "A film"
