"""From outside, on a running site: what a feed and a page name can really be had, and is what they say."""

import io
import json
from urllib.parse import urlsplit

import extruct
import feedparser
import pytest
from PIL import Image

from tests.support.http_client import Caller

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def follow(caller, url, method="GET"):
    """Return the response at an absolute address, after its redirects."""
    for _ in range(3):
        parts = urlsplit(url)
        status, headers, content = caller.call(
            method, parts.path + (f"?{parts.query}" if parts.query else "")
        )
        if status != 302:
            return status, headers, content
        assert headers["cache-control"] == "no-store"
        url = headers["location"]
    raise AssertionError("leads on and on")


@pytest.fixture(scope="module")
def film(site, clip):
    """Create a public video with a file for download; return it with its owner."""
    owner = Caller(site).sign_up("sharing-owner")
    video_id = owner.upload(clip, title="A film", visibility="public", allow_download="true")
    video = owner.wait(video_id, "ready")
    return owner, video


def test_an_enclosure_is_there_with_the_size_and_type_that_the_feed_says(site, film):
    reader = Caller(site)
    content = reader.call("GET", "/feeds/channels/sharing-owner.rss")[2]
    found = feedparser.parse(content)
    assert not found.bozo
    (entry,) = found.entries
    (enclosure,) = entry.enclosures
    assert enclosure.href.startswith(f"{site.url}/files/")
    for method in ("HEAD", "GET"):
        status, headers, content = follow(reader, enclosure.href, method)
        assert (status, headers["content-type"]) == (200, enclosure.type)
        assert int(headers["content-length"]) == int(enclosure.length)
        assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert len(content) == int(enclosure.length)
    assert content[4:8] == b"ftyp"
    assert follow(reader, found.feed.image.href)[1]["content-type"] == "image/jpeg"


def test_resources_found_by_a_parser_can_be_fetched(site, film):
    _, video = film
    reader = Caller(site)
    text = reader.call("GET", f"/watch/{video['id']}")[2].decode()
    found = extruct.extract(text, base_url=site.url, syntaxes=["json-ld", "opengraph"])
    (data,), (graph,) = found["json-ld"], found["opengraph"]
    tags = dict(reversed(graph["properties"]))
    assert (data["name"], tags["og:title"], data["duration"], tags["video:duration"]) == (
        "A film",
        "A film",
        "PT3S",
        "3",
    )
    assert data["uploadDate"] == tags["video:release_date"] == video["published_at"]
    assert data["thumbnailUrl"] == [tags["og:image"]]
    _, headers, content = follow(reader, tags["og:image"])
    with Image.open(io.BytesIO(content)) as picture:
        assert (headers["content-type"], picture.format) == ("image/jpeg", "JPEG")
    (file,) = data["encoding"]
    assert file["contentUrl"] == tags["og:video"]
    _, headers, _ = follow(reader, file["contentUrl"])
    assert (headers["content-type"], headers["content-length"]) == ("video/mp4", file["contentSize"])
    assert follow(reader, data["contentUrl"])[2].startswith(b"#EXTM3U")
    assert follow(reader, data["embedUrl"])[0] == 200


def test_oembed_is_where_the_page_says(site, film):
    _, video = film
    reader = Caller(site)
    text = reader.call("GET", f"/watch/{video['id']}")[2].decode()
    address = text.partition('type="application/json+oembed" href="')[2].partition('"')[0]
    status, headers, content = follow(reader, address.replace("&amp;", "&"))
    body = json.loads(content)
    assert (status, headers["content-type"], body["title"]) == (200, "application/json", "A film")
    _, _, content = follow(reader, body["thumbnail_url"])
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (body["thumbnail_width"], body["thumbnail_height"])


def test_a_video_that_is_made_private_is_gone_from_all_of_them(site, film):
    owner, video = film
    reader = Caller(site)
    feed = "/feeds/channels/sharing-owner.rss"
    assert video["id"] in reader.call("GET", feed)[2].decode()
    owner.json("PATCH", f"/api/v1/videos/{video['id']}", {"visibility": "private"})
    assert video["id"] not in reader.call("GET", feed)[2].decode()
    for name in ("poster.jpg", "video.mp4", "video.m3u8"):
        status, headers, content = reader.call("GET", f"/files/{video['id']}/{name}")
        assert (status, json.loads(content)["code"]) == (404, "not_found")
        assert headers["content-type"] == "application/json"
