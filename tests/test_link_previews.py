"""Parsers that other sites make link previews with read title, picture and description of pages of a running site."""

import json
import subprocess

import extruct
import pytest

from tests.support import npm
from tests.support.http_client import Caller
from tests.support.node import NODE
from tests.support.stack import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PACKAGES = ROOT / "tests" / "clients" / "previews"


@pytest.fixture(scope="module")
def pages(site, clip):
    """Create a video, a playlist and a post; return title, description and path of each page."""
    owner = Caller(site).sign_up("previewed")
    owner.json("PATCH", "/api/v1/me", {"full_name": "Ann Preview", "bio": "Films about trees"})
    video_id = owner.upload(clip, title="A tree", description="It grows", visibility="public")
    owner.wait(video_id, "ready")
    body = {"title": "Trees", "description": "All of them", "visibility": "public", "video_ids": [video_id]}
    playlist = owner.json("POST", "/api/v1/playlists", body)[1]
    post = owner.json("POST", "/api/v1/posts", {"text": "Soon more", "video_id": video_id})[1]
    return {
        "home": ("Streamsite", "Watch videos on Streamsite.", "/"),
        "channel": ("Ann Preview", "Films about trees", "/@previewed"),
        "video": ("A tree", "It grows", f"/watch/{video_id}"),
        "playlist": ("Trees", "All of them", f"/playlists/{playlist['id']}"),
        "post": ("Ann Preview: Soon more", "Soon more", f"/posts/{post['id']}"),
    }


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("previews")
    try:
        (folder / "node_modules").symlink_to(npm.installed(PACKAGES))
    except npm.NpmMissingError as error:
        pytest.skip(str(error))
    (folder / "read.mjs").write_text((PACKAGES / "read.mjs").read_text())
    return folder / "read.mjs"


def fetch_picture(site, url):
    """Return the type of the image at an absolute address of the site, after its redirects."""
    for _ in range(3):
        assert url.startswith((f"{site.url}/", "/"))
        status, headers, _ = Caller(site).call("GET", url.removeprefix(site.url))
        if status != 302:
            return status, headers["content-type"]
        url = headers["location"]
    raise AssertionError("leads on and on")


NAMES = ["home", "channel", "video", "playlist", "post"]


@pytest.mark.parametrize("name", NAMES)
def test_open_graph_scraper_reads_every_page(site, pages, reader, name):
    title, description, path = pages[name]
    done = subprocess.run(
        [NODE, str(reader), site.url + path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["ogTitle"], found["ogDescription"]) == (title, description)
    assert (found["ogUrl"], found["ogSiteName"]) == (site.url + path, "Streamsite")
    assert found["twitterCard"] in {"summary", "summary_large_image"}
    assert found["jsonLD"]
    status, content_type = fetch_picture(site, found["ogImage"][0]["url"])
    assert (status, content_type.partition("/")[0]) == (200, "image")


@pytest.mark.parametrize("name", NAMES)
def test_extruct_reads_every_page(site, pages, name):
    title, description, path = pages[name]
    text = Caller(site).call("GET", path)[2].decode()
    found = extruct.extract(text, base_url=site.url, syntaxes=["json-ld", "opengraph"])
    tags = dict(reversed(found["opengraph"][0]["properties"]))
    assert (tags["og:title"], tags["og:description"]) == (title, description)
    assert fetch_picture(site, tags["og:image"])[0] == 200
    expected = {
        "home": {"WebSite", "ItemList"},
        "channel": {"ProfilePage", "ItemList", "BreadcrumbList"},
        "video": {"VideoObject"},
        "playlist": {"ItemList", "BreadcrumbList"},
        "post": {"SocialMediaPosting", "BreadcrumbList"},
    }
    assert {thing["@type"] for thing in found["json-ld"]} == expected[name]
