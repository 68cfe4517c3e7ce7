"""RSS of channels, the sitemap and robots.txt: what programs read in them, and what never gets there."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest

from tests.support.commands import recorded
from videos import services
from videos.files import paths
from videos.models import Video
from videos.syndication import feeds, sitemaps
from videos.tests.test_sharing import NASTY, SITE

FEED = "/feeds/channels/owner.rss"
SHOWN = {"has_poster": True, "duration": 61.2}
FILE = {"allow_download": True, "has_download": True, "download_bytes": 12_345}
ATOM_LINK = f"{{{feeds.NAMESPACES['atom']}}}link"  # to itself, and to the hub
ITUNES = f"{{{feeds.NAMESPACES['itunes']}}}"
MAPS = {"s": sitemaps.SITEMAP_NAMESPACE, "v": sitemaps.VIDEO_NAMESPACE}


def get(cast, path, who="anonymous", status=200, **headers):
    answer = cast.page(who).get(path, **headers)
    assert answer.status_code == status
    return answer


def parsed(cast, path):
    return ElementTree.fromstring(get(cast, path).content)  # noqa: S314 - our own answer


def feed(cast, path=FEED):
    found = feedparser.parse(get(cast, path).content)
    assert not found.bozo
    return found


def titles(cast):
    return [entry.title for entry in feed(cast).entries]


def locations(cast, path):
    root = parsed(cast, path)
    return [found.text for found in root.findall("*/s:loc", MAPS)]


def mapped(cast):
    """Every address that the sitemaps name."""
    return {
        location
        for child in locations(cast, "/sitemap.xml")
        for location in locations(cast, child.removeprefix(SITE))
    }


def dated(cast, year, month, **fields):
    moment = datetime(year, month, 15, tzinfo=UTC)
    return cast.video(published_at=moment, **(SHOWN | fields))


def test_a_reader_finds_everything_about_a_video(cast):
    video = cast.video(
        title="Tom & Jerry", description="A <cat>\n\nand a mouse", tags=["cat", "mouse"], language="en",
        category="comedy", **SHOWN, **FILE,
    )  # fmt: skip
    found = feed(cast)
    assert (found.version, found.feed.title, found.feed.link) == ("rss20", "owner", f"{SITE}/@owner")
    assert found.feed.language == "en"
    assert parsed(cast, FEED).findtext(f"channel/{ITUNES}explicit") == "false"
    assert parsed(cast, FEED).find(f"channel/{ITUNES}category").get("text") == "Comedy"
    assert found.feed.image.href == f"{SITE}/files/{video.pk}/poster.jpg"
    assert [link.href for link in found.feed.links if link.rel == "self"] == [SITE + FEED]
    (entry,) = found.entries
    assert (entry.title, entry.id) == ("Tom & Jerry", f"{SITE}/watch/{video.pk}")
    assert (entry.link, entry.itunes_duration, entry.author) == (f"{SITE}/watch/{video.pk}", "61", "owner")
    assert entry.published_parsed[:5] == video.published_at.utctimetuple()[:5]
    (enclosure,) = entry.enclosures
    assert (enclosure.href, enclosure.length) == (f"{SITE}/files/{video.pk}/video.mp4", "12345")
    assert enclosure.type == "video/mp4"
    (media,) = entry.media_content
    assert (media["medium"], media["filesize"], media["duration"]) == ("video", "12345", "61")
    assert entry.media_thumbnail[0]["url"] == f"{SITE}/files/{video.pk}/poster.jpg"
    assert "&lt;cat&gt;" in entry.summary


def test_rules_of_rss_hold(cast):
    cast.video(**SHOWN, **FILE)
    cast.video(title="Without a file", **SHOWN)
    answer = get(cast, FEED)
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = parsed(cast, FEED)
    channel = root.find("channel")
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    names = [child.tag for child in channel]
    assert names.count("title") == names.count("link") == names.count("description") == 1
    assert all(names.count(name) <= 1 for name in set(names) - {"item", ATOM_LINK})
    guids = [guid.text for guid in root.iter("guid")]
    assert len(set(guids)) == len(guids) == 2
    assert {guid.get("isPermaLink") for guid in root.iter("guid")} == {"true"}
    for moment in [*root.iter("pubDate"), *root.iter("lastBuildDate")]:
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", moment.text)
    for address in [*root.iter("link"), *root.iter("guid")]:
        assert address.text.startswith(f"{SITE}/")
    for picture in root.iter(f"{ITUNES}image"):
        assert re.fullmatch(rf"{SITE}/files/[\w-]{{11}}/poster\.jpg", picture.get("href"))
    assert [found.text for found in root.iter(f"{ITUNES}duration")] == ["61", "61"]
    for item in root.iter("item"):
        tags = [child.tag for child in item]
        assert all(tags.count(name) == 1 for name in ("title", "link", "guid", "pubDate", "description"))
        assert len(item.findall("enclosure")) == (item.findtext("title") != "Without a file")
    for enclosure in root.iter("enclosure"):
        assert set(enclosure.attrib) == {"url", "length", "type"}
        assert int(enclosure.get("length")) > 0
    stream = next(entry for entry in feed(cast).entries if not entry.enclosures).media_content[0]
    assert (stream["type"], stream["url"][-11:]) == ("application/vnd.apple.mpegurl", "/video.m3u8")


def test_what_people_type_is_inert(cast):
    cast.owner.full_name, cast.owner.bio = NASTY[:80], NASTY
    cast.owner.save()
    video = dated(cast, 2026, 5, title=f"{NASTY}\ufffe", description=NASTY, tags=[NASTY])
    readable = NASTY.replace("\x0b", "")
    for path in (FEED, "/sitemaps/2026-05.xml"):
        content = get(cast, path).content.decode()
        assert "<script" not in content
        assert "<img" not in content
        assert "]]>" not in content
    entry = feed(cast).entries[0]
    assert (entry.title, entry.id) == (readable.rstrip(), f"{SITE}/watch/{video.pk}")
    assert not {"<script", "<img"} & set(entry.summary.split())
    assert "<script" not in parsed(cast, FEED).findtext("channel/item/description")
    sitemap = parsed(cast, "/sitemaps/2026-05.xml")
    assert sitemap.findtext("s:url/v:video/v:title", namespaces=MAPS).startswith(NASTY[:60])


def test_only_what_is_listed_is_told(cast):
    shown = dated(cast, 2026, 5, title="Shown")
    for name in ("unlisted", "private"):
        dated(cast, 2026, 4, title=name, visibility=name)
    cast.video(title="Unfinished", ready=False)
    assert titles(cast) == ["Shown"]
    assert mapped(cast) == {f"{SITE}/watch/{shown.pk}", f"{SITE}/@owner"}
    assert locations(cast, "/sitemap.xml") == [f"{SITE}/sitemaps/2026-05.xml"]
    services.update(shown, {"visibility": "unlisted"})
    assert titles(cast) == []
    assert mapped(cast) == set()
    for who in ("anonymous", "owner"):
        get(cast, "/sitemaps/2026-05.xml", who, 404)
        assert b"Shown" not in get(cast, FEED, who).content


@pytest.mark.parametrize("path", [FEED, "/sitemap.xml", "/sitemaps/2026-05.xml"])
def test_what_a_reader_has_is_not_sent_again(cast, path):
    video = dated(cast, 2026, 5)
    first = get(cast, path)
    assert (first["Cache-Control"], "Set-Cookie" in first) == ("no-cache", False)
    assert get(cast, path, status=304, HTTP_IF_NONE_MATCH=first["ETag"]).content == b""
    assert get(cast, path)["ETag"] == first["ETag"]
    if path == FEED:
        assert (
            get(cast, path, status=304, HTTP_IF_MODIFIED_SINCE=first["Last-Modified"])["ETag"]
            == first["ETag"]
        )
    Video.objects.filter(pk=video.pk).update(title="Other", updated_at=video.updated_at + timedelta(hours=1))
    if path != "/sitemap.xml":
        get(cast, path, HTTP_IF_NONE_MATCH=first["ETag"])


@pytest.mark.usefixtures("uncached_rows")
def test_a_feed_has_fifty_items_and_costs_the_same_for_all(cast):
    for number in range(52):
        cast.video(title=f"Number {number}", **SHOWN)
    with recorded() as commands:
        assert titles(cast) == [f"Number {number}" for number in range(51, 1, -1)]
    assert commands == ["find accounts_user", "find videos_video", "find accounts_user"]


def test_the_size_of_an_older_file_is_asked_of_the_file(cast):
    video = cast.video(**SHOWN, **(FILE | {"download_bytes": 0}))
    assert feed(cast).entries[0].enclosures == []
    path = paths.generation_dir(video.pk, video.generation) / "download.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * 77)
    assert feed(cast).entries[0].enclosures[0]["length"] == "77"


def test_sitemaps_have_what_search_engines_ask_for(cast):
    video = dated(cast, 2026, 5, title="A film", description="Words", tags=["a", "b"], **FILE)
    closed = dated(cast, 2026, 5, allow_embed=False, has_poster=False)
    root = parsed(cast, "/sitemaps/2026-05.xml")
    entries = {entry.findtext("s:loc", namespaces=MAPS): entry for entry in root}
    assert entries[f"{SITE}/watch/{closed.pk}"].find("v:video", MAPS) is None
    about = entries[f"{SITE}/watch/{video.pk}"].find("v:video", MAPS)
    files = f"{SITE}/files/{video.pk}"
    assert [(child.tag.partition("}")[2], child.text) for child in about] == [
        ("thumbnail_loc", f"{files}/poster.jpg"), ("title", "A film"), ("description", "Words"),
        ("content_loc", f"{files}/video.mp4"), ("player_loc", f"{SITE}/embed/{video.pk}"), ("duration", "61"),
        ("publication_date", "2026-05-15T00:00:00.000Z"), ("tag", "a"), ("tag", "b"), ("category", "Other"),
    ]  # fmt: skip


def test_months_are_stepped_through_and_large_ones_split(cast, monkeypatch):
    made = {f"{SITE}/watch/{dated(cast, *month).pk}" for month in [(2024, 12), *[(2026, 1)] * 5]}
    monkeypatch.setattr(sitemaps, "MAX_URLS", 2)
    names = ["2026-01", "2026-01-2", "2026-01-3", "2024-12"]
    with recorded() as commands:
        assert locations(cast, "/sitemap.xml") == [f"{SITE}/sitemaps/{name}.xml" for name in names]
    assert len(commands) == 6  # one of them finds no playlist
    assert mapped(cast) == made | {f"{SITE}/@owner"}


@pytest.mark.parametrize(
    "name", ["2025-01", "2026-01-2", "2026-13", "2026-1", "0000-01", "2026-01-0", "x", "2026-01-1e9"]
)
def test_months_without_videos_are_absent(cast, name):
    dated(cast, 2026, 1)
    get(cast, f"/sitemaps/{name}.xml", status=404)


def test_robots_are_shown_the_sitemap_and_kept_out_of_the_rest(cast):
    answer = get(cast, "/robots.txt")
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    for path in ("/api/", "/admin/", "/settings", "/studio"):
        assert f"Disallow: {path}" in lines
    closed = [line.partition(": ")[2] for line in lines if line.startswith("Disallow")]
    for path in (
        "/watch/x",
        "/embed/x",
        "/@owner",
        "/files/x/poster.jpg",
        "/media/v/x",
        FEED,
        "/sitemap.xml",
    ):
        assert not path.startswith(tuple(closed))
    assert locations(cast, "/sitemap.xml") == []


def test_channel_pages_name_their_feed(cast):
    cast.video(**SHOWN)
    for path in ("/@owner", "/@owner/playlists"):
        text = get(cast, path).content.decode()
        assert f'type="application/rss+xml" href="{SITE}{FEED}"' in text
    get(cast, "/feeds/channels/nobody.rss", status=404)
