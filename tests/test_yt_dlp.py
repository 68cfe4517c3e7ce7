"""yt-dlp as people use it, from another process: with the plugin of this repository, and without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.stack import Stack
from videos.transcoding.ffmpeg import ffmpeg_binary

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
PLUGIN = Path(__file__).resolve().parent.parent / "clients" / "yt-dlp-streamsite"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
DESCRIPTION = "About it.\n\nMore."
CHAPTERS = [{"start": 0, "title": "Start"}, {"start": 4, "title": "Middle"}, {"start": 8, "title": "End"}]


@dataclass
class World:
    """A site with a public and a private film, in a playlist of two."""

    site: Stack
    folder: Path
    film: dict[str, str]
    secret: dict[str, str]
    playlist: dict[str, str]
    token: str
    share: str

    def run(
        self, *words: str, plugin: bool = True, hosts: str = "", home: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """yt-dlp's process."""
        environment = os.environ | {"PYTHONPATH": str(PLUGIN) if plugin else "", "STREAMSITE_HOSTS": hosts}
        environment |= {"HOME": str(home or self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        command = [sys.executable, "-m", "yt_dlp", "--no-config", "--no-cache-dir", "--no-update", *words]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=90, check=False, env=environment, cwd=self.folder
        )

    def dump(self, *words: str, **how):
        """Return what yt-dlp knows of one address."""
        (found,) = self.dump_all(*words, **how)
        return found

    def dump_all(self, *words: str, **how):
        """Return what yt-dlp knows of each address, from one run."""
        done = self.run("--dump-single-json", *words, **how)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def url(self, path: str) -> str:
        return f"{self.site.url}{path}"


@pytest.fixture(scope="module")
def world(site: Stack, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("ytdlp")
    clip = make_clip(folder / "clip.mp4", 12, (320, 180), 15)
    owner = Caller(site).sign_up("dlp-owner")
    fields = {"description": DESCRIPTION, "tags": "one,two", "category": "music", "language": "en"}
    one = owner.upload(clip, title="A film", visibility="public", allow_download="true", **fields)
    two = owner.upload(clip, title="A secret", visibility="private")
    film, secret = owner.wait(one, "ready"), owner.wait(two, "ready")
    assert owner.json("PATCH", f"/api/v1/videos/{one}", {"chapters": CHAPTERS})[0] == 200
    track = {"language": "en", "label": "English", "text": VTT}
    for video in (one, two):
        assert owner.json("POST", f"/api/v1/videos/{video}/captions", track)[0] == 201
    body = {"title": "Both", "visibility": "public", "video_ids": [two, one]}
    playlist = owner.json("POST", "/api/v1/playlists", body)[1]
    share = owner.json("POST", f"/api/v1/videos/{two}/share-links", {})[1]["url"]
    wanted = {"name": "yt-dlp", "scopes": ["read"]}
    token = owner.json("POST", "/api/v1/auth/api-tokens", wanted)[1]["token"]
    return World(site, folder, film, secret, playlist, token, share)


def of_token(world: World) -> tuple[str, str]:
    return "--extractor-args", f"streamsite:token={world.token}"


# --- without the plugin ---


def test_the_watch_page_says_everything_by_itself(world: World) -> None:
    found = world.dump(world.film["url"], plugin=False)
    assert (found["title"], found["uploader"], found["duration"]) == ("A film", "dlp-owner", 12)
    assert found["description"] == DESCRIPTION
    assert found["upload_date"] == world.film["published_at"][:10].replace("-", "")
    assert [row["title"] for row in found["chapters"]] == ["Start", "Middle", "End"]
    assert [row["start_time"] for row in found["chapters"]] == [0, 4, 8]
    assert {row.get("height") for row in found["formats"]} >= {180}
    assert all(row["protocol"].startswith("m3u8") for row in found["formats"])
    assert found["thumbnails"]
    assert [row["ext"] for row in found["subtitles"]["en"]] == ["vtt"]


# --- with the plugin ---


def test_a_page_of_any_host_is_known_by_its_tag(world: World) -> None:
    found = world.dump(world.film["url"])
    assert (found["extractor"], found["id"], found["title"]) == ("streamsite", world.film["id"], "A film")
    assert (found["uploader"], found["uploader_id"]) == ("dlp-owner", "dlp-owner")
    assert found["uploader_url"] == found["channel_url"] == world.url("/@dlp-owner")
    assert found["webpage_url"] == world.film["url"]
    assert (found["description"], found["tags"], found["categories"]) == (
        DESCRIPTION,
        ["one", "two"],
        ["music"],
    )
    assert (found["duration"], found["view_count"], found["like_count"], found["comment_count"]) == (
        12,
        0,
        0,
        0,
    )
    assert (found["availability"], found["age_limit"], found["language"]) == ("public", 0, "en")
    assert found["upload_date"] == world.film["published_at"][:10].replace("-", "")
    assert [(row["title"], row["end_time"]) for row in found["chapters"]] == [
        ("Start", 4),
        ("Middle", 8),
        ("End", 12),
    ]
    assert [(row["ext"], row["name"]) for row in found["subtitles"]["en"]] == [("vtt", "English")]
    assert found["thumbnail"].startswith(f"{world.site.url}/media/p/")
    assert {"download"} < {row["format_id"] for row in found["formats"]}


def test_channels_playlists_embeds_and_share_links(world: World) -> None:
    listed = f"{world.film['url']}?list={world.playlist['id']}"
    pages = [
        "/@dlp-owner",
        "/@dlp-owner/playlists",
        f"/playlists/{world.playlist['id']}",
        f"/embed/{world.film['id']}",
    ]
    urls = [*map(world.url, pages), listed, f"streamsite:{world.share}"]
    channel, lists, playlist, framed, around, shared = world.dump_all("--flat-playlist", *urls)
    assert (channel["title"], channel["uploader_id"]) == ("dlp-owner", "dlp-owner")
    assert [row["title"] for row in channel["entries"]] == ["A film"]
    assert [row["title"] for row in lists["entries"]] == ["Both"]
    assert (playlist["title"], [row["id"] for row in playlist["entries"]]) == ("Both", [world.film["id"]])
    assert (framed["extractor"], framed["title"]) == ("streamsite", "A film")
    assert (around["_type"], around["title"]) == ("playlist", "Both")
    assert (shared["title"], shared["availability"]) == ("A secret", "private")
    assert world.dump("--no-playlist", listed)["id"] == world.film["id"]


def test_pages_follow_one_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With pages of one video each, by the code that the plugin runs."""
    script = (
        "import sys, json, yt_dlp; from yt_dlp_plugins.extractor import streamsite as s; s.PAGE_SIZE = 1\n"
        "options = {'extract_flat': True, 'quiet': True, 'extractor_args': {'streamsite': {'token': [sys.argv[2]]}}}\n"
        "found = yt_dlp.YoutubeDL(options).extract_info(sys.argv[1], download=False)\n"
        "print(json.dumps([row['id'] for row in found['entries']]))"
    )
    command = [sys.executable, "-c", script, f"streamsite:{world.playlist['url']}", world.token]
    environment = os.environ | {"PYTHONPATH": str(PLUGIN)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [world.secret["id"], world.film["id"]]


def test_a_private_video_by_token_and_by_netrc(world: World, tmp_path: Path) -> None:
    refused = world.run("--dump-json", f"streamsite:{world.secret['url']}")
    assert refused.returncode != 0
    assert "give an API token" in refused.stderr
    words = (
        "--ffmpeg-location",
        str(ffmpeg_binary()),
        "-f",
        "wv+wa",
        "-o",
        "film.%(ext)s",
        "-P",
        str(tmp_path),
    )
    host = world.site.url.partition("://")[2]
    found = world.dump("--no-simulate", *of_token(world), *words, world.secret["url"], hosts=host)
    assert (found["title"], found["availability"]) == ("A secret", "private")
    (film,) = tmp_path.glob("film.*")
    with av.open(str(film)) as container:
        assert abs((container.duration or 0) / 1_000_000 - 12) < 0.5
    (tmp_path / ".netrc").write_text(f"machine localhost login token password {world.token}\n")
    (tmp_path / ".netrc").chmod(0o600)
    by_file = world.dump("--netrc", f"streamsite:{world.secret['url']}", home=tmp_path)
    assert by_file["id"] == world.secret["id"]


def test_a_token_is_sent_to_named_hosts_only(world: World) -> None:
    """A page that only says that it is Streamsite's might be anybody's."""
    found = world.dump("--flat-playlist", *of_token(world), world.playlist["url"])
    assert [row["id"] for row in found["entries"]] == [world.film["id"]]
    host = world.site.url.partition("://")[2]
    named = world.dump("--flat-playlist", *of_token(world), world.playlist["url"], hosts=host)
    assert len(named["entries"]) == 2
