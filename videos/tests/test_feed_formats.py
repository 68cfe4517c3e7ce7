"""Feeds in every format and of every kind: what readers find in them, their pages, and what never gets there."""

import io
import json
import re
from xml.etree import ElementTree

import feedparser
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.tests.images import picture
from tests.support.commands import recorded
from videos.syndication import artwork, podcast, rss
from videos.tests.test_feeds import FILE, SHOWN, get
from videos.tests.test_sharing import NASTY, SITE

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nwords\n"
PODCAST = f"{{{rss.NAMESPACES['podcast']}}}"
ENDINGS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
DESCRIPTION = "0:00 Start\n0:20 Middle\n0:40 End"


def entries(cast, path):
    """Titles of what a feed has, as a feed reader or a JSON parser finds them."""
    answer = get(cast, path)
    if path.partition("?")[0].endswith(".json"):
        return [item["title"] for item in answer.json()["items"]]
    found = feedparser.parse(answer.content)
    assert not found.bozo
    return [entry.title for entry in found.entries]


@pytest.fixture
def film(cast):
    """A public video with everything that a feed can tell."""
    video = cast.video(
        title="A film",
        description=DESCRIPTION,
        tags=["sea"],
        category="music",
        language="en",
        **SHOWN,
        **FILE,
    )
    answer = cast.api("owner").post(
        f"/api/v1/videos/{video.pk}/captions", {"language": "en", "text": VTT}, format="json"
    )
    assert answer.status_code == 201
    video.refresh_from_db()
    return video


def comment(cast, video, text, who="member"):
    answer = cast.api(who).post(f"/api/v1/videos/{video.pk}/comments", {"text": text}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


# --- formats ---


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_feed_is_there_in_every_format(cast, film, ending):
    comment(cast, film, "Nice")
    body = {"title": "List", "visibility": "public", "video_ids": [film.pk]}
    playlist = cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]
    for path in (
        *("channels/owner", "site", "categories/music", "tags/sea", f"playlists/{playlist}"),
        f"videos/{film.pk}/comments",
    ):
        address = f"/feeds/{path}.{ending}"
        answer = get(cast, address)
        assert answer["Content-Type"] == f"{ENDINGS[ending]}; charset=utf-8", address
        assert answer["Access-Control-Allow-Origin"] == "*"
        title = "member: Nice" if path.endswith("comments") else "A film"
        assert entries(cast, address) == [title], address
        assert get(cast, address, status=304, HTTP_IF_NONE_MATCH=answer["ETag"]).content == b""
        assert cast.page("anonymous").options(address).status_code == 204
        assert cast.page("anonymous").head(address).status_code == 200


def test_atom_has_what_its_standard_demands(cast, film):
    found = feedparser.parse(get(cast, "/feeds/channels/owner.atom").content)
    assert (found.version, found.feed.title) == ("atom10", "owner")
    assert found.feed.id == f"{SITE}/feeds/channels/owner.atom"
    assert {link.rel for link in found.feed.links} == {"self", "alternate"}
    (entry,) = found.entries
    assert (entry.id, entry.author) == (f"{SITE}/watch/{film.pk}", "owner")
    assert entry.updated_parsed[:5] == film.updated_at.utctimetuple()[:5]
    assert entry.published_parsed[:5] == film.published_at.utctimetuple()[:5]
    assert (entry.enclosures[0].href, entry.enclosures[0].length) == (
        f"{SITE}/files/{film.pk}/video.mp4",
        "12345",
    )
    assert [tag.term for tag in entry.tags] == ["Music", "sea"]


def test_json_feed_has_what_its_specification_names(cast, film):
    body = get(cast, "/feeds/channels/owner.json").json()
    assert body["version"] == "https://jsonfeed.org/version/1.1"
    assert body["feed_url"] == f"{SITE}/feeds/channels/owner.json"
    assert body["home_page_url"] == f"{SITE}/@owner"
    (item,) = body["items"]
    assert (item["id"], item["language"], item["tags"]) == (f"{SITE}/watch/{film.pk}", "en", ["Music", "sea"])
    assert item["authors"] == [{"name": "owner", "url": f"{SITE}/@owner"}]
    (file,) = item["attachments"]
    assert file == {
        "url": f"{SITE}/files/{film.pk}/video.mp4",
        "mime_type": "video/mp4",
        "size_in_bytes": 12_345,
        "duration_in_seconds": 61,
    }


def test_pages_name_their_feeds_in_every_format(cast, film):
    for page, feed in (("/", "site"), ("/category/music", "categories/music"), ("/tag/sea", "tags/sea")):
        text = get(cast, page).content.decode()
        for ending, kind in ENDINGS.items():
            assert f'<link rel="alternate" type="{kind}" href="{SITE}/feeds/{feed}.{ending}"' in text


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_feed_without_entries_can_be_read(cast, ending):
    cast.owner  # noqa: B018 - makes the account
    assert entries(cast, f"/feeds/channels/owner.{ending}") == []
    first = get(cast, f"/feeds/channels/owner.{ending}")
    assert get(cast, f"/feeds/channels/owner.{ending}")["ETag"] == first["ETag"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_people_type_is_inert_in_every_format(cast, ending):
    cast.owner.full_name, cast.owner.bio = NASTY[:80], NASTY
    cast.owner.save()
    video = cast.video(title=f"{NASTY}\ufffe", description=NASTY, tags=[NASTY], **SHOWN)
    comment(cast, video, f"{NASTY} hello")
    for path in (f"/feeds/channels/owner.{ending}", f"/feeds/videos/{video.pk}/comments.{ending}"):
        content = get(cast, path).content.decode()
        if ending == "json":
            (item,) = json.loads(content)["items"]
            assert "<script" not in item["content_html"]
        else:
            assert "<script" not in content
            ElementTree.fromstring(content.encode())  # noqa: S314 - our own answer
        assert len(entries(cast, path)) == 1


# --- podcasts ---


def test_podcast_programs_find_transcripts_chapters_and_people(cast, film):
    root = ElementTree.fromstring(get(cast, "/feeds/channels/owner.rss").content)  # noqa: S314 - our own answer
    channel = root.find("channel")
    assert channel.findtext(f"{PODCAST}medium") == "video"
    assert channel.findtext(f"{PODCAST}guid") == podcast.guid(f"{SITE}/feeds/channels/owner.rss")
    assert channel.find(f"{PODCAST}person").attrib == {"role": "host", "href": f"{SITE}/@owner"}
    item = channel.find("item")
    transcript, chapters = item.find(f"{PODCAST}transcript"), item.find(f"{PODCAST}chapters")
    assert (transcript.get("type"), transcript.get("language")) == ("text/vtt", "en")
    assert chapters.get("type") == "application/json+chapters"
    assert item.find(f"{PODCAST}person").text == "owner"
    led = get(cast, transcript.get("url").removeprefix(SITE), status=302)
    assert get(cast, led["Location"]).getvalue().startswith(b"WEBVTT")
    read = get(cast, chapters.get("url").removeprefix(SITE))
    assert read["Content-Type"] == "application/json+chapters"
    assert [one["startTime"] for one in read.json()["chapters"]] == [0, 20, 40]


def test_the_guid_is_that_of_the_specification() -> None:
    # The example of the namespace's documentation.
    assert podcast.guid("https://podnews.net/rss") == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert podcast.guid("podnews.net/rss/") == podcast.guid("http://podnews.net/rss")


def test_artwork_is_square_and_large_and_ends_with_the_avatar(cast, film):
    owner = cast.api("owner")
    sent = {"file": SimpleUploadedFile("p.png", picture(), "image/png")}
    assert owner.put("/api/v1/me/avatar", sent, format="multipart").status_code == 200
    found = feedparser.parse(get(cast, "/feeds/channels/owner.rss").content)
    address = found.feed.image.href
    assert re.fullmatch(rf"{SITE}/feeds/channels/owner/artwork-[\w-]{{16}}\.jpg", address)
    answer = get(cast, address.removeprefix(SITE))
    with Image.open(io.BytesIO(answer.content)) as made:
        assert (made.format, made.size, made.mode) == ("JPEG", (artwork.SIDE, artwork.SIDE), "RGB")
    assert owner.delete("/api/v1/me/avatar").status_code == 204
    get(cast, address.removeprefix(SITE), status=404)
    get(cast, "/feeds/channels/owner/artwork-AAAAAAAAAAAAAAAA.jpg", status=404)


# --- pages ---


@pytest.mark.usefixtures("uncached_rows")
def test_pages_lead_from_one_to_the_next_and_cost_the_same(cast):
    for number in range(101):
        cast.video(title=f"Number {number}", category="music", **SHOWN)
    path, read, costs = "/feeds/categories/music.json", [], []
    while path:
        with recorded() as commands:
            answer = get(cast, path)
        costs.append(len(commands))
        read += [item["title"] for item in answer.json()["items"]]
        path = answer.json().get("next_url", "").removeprefix(SITE)
    assert read == [f"Number {number}" for number in range(100, -1, -1)]
    assert len(costs) == 3
    assert len(set(costs)) == 1
    second = feedparser.parse(get(cast, "/feeds/categories/music.rss?page=2").content)
    links = {link.rel: link.href for link in second.feed.links if link.get("rel") != "alternate"}
    base = f"{SITE}/feeds/categories/music.rss"
    assert links == {
        "self": f"{base}?page=2",
        "first": base,
        "previous": base,
        "next": f"{base}?page=3",
    }
    assert 'rel="next"' in get(cast, "/feeds/categories/music.rss")["Link"]


@pytest.mark.parametrize("page", ["0", "2", "21", "-1", "x", "1e9", "99999999999999999999", "\u0661"])
def test_pages_that_never_are_are_absent(cast, film, page):
    get(cast, f"/feeds/channels/owner.rss?page={page}", status=404)


# --- what never gets there ---


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_what_is_listed_is_told_anywhere(cast, ending):
    for name in ("unlisted", "private"):
        cast.video(title=f"Hidden {name}", visibility=name, category="music", tags=["sea"], **SHOWN)
    cast.video(title="Hidden unfinished", ready=False, category="music", tags=["sea"])
    for path in ("site", "categories/music", "tags/sea", "channels/owner"):
        for who in ("anonymous", "owner", "staff"):
            content = get(cast, f"/feeds/{path}.{ending}", who).content
            assert b"Hidden" not in content, (path, who)


def test_comments_of_hidden_videos_and_hidden_comments_are_absent(cast, film):
    comment(cast, film, "Shown")
    owner = cast.api("owner")
    assert owner.patch("/api/v1/studio/comment-rules", {"hold_all": True}, format="json").status_code == 200
    comment(cast, film, "Held")
    address = f"/feeds/videos/{film.pk}/comments.rss"
    assert entries(cast, address) == ["member: Shown"]
    change = {"visibility": "private"}
    assert owner.patch(f"/api/v1/videos/{film.pk}", change, format="json").status_code == 200
    for who in ("anonymous", "owner"):
        get(cast, address, who, status=404)
        get(cast, f"/files/{film.pk}/chapters.json", who, status=404)
    change = {"visibility": "public", "allow_comments": False}
    assert owner.patch(f"/api/v1/videos/{film.pk}", change, format="json").status_code == 200
    get(cast, address, status=404)


def test_comments_of_inactive_authors_are_absent(cast, film):
    comment(cast, film, "Shown")
    comment(cast, film, "Suspended", "stranger")
    type(cast.stranger).objects.filter(pk=cast.stranger.pk).update(is_active=False)
    for ending in ENDINGS:
        content = get(cast, f"/feeds/videos/{film.pk}/comments.{ending}").content
        assert b"Shown" in content
        assert b"Suspended" not in content
        assert b"stranger" not in content


def test_captions_of_others_are_absent(cast, film):
    track = film.captions.get()
    other = cast.video(title="Other", **SHOWN)
    get(cast, f"/files/{other.pk}/captions/{track.pk}.vtt", status=404)
    get(cast, f"/files/{film.pk}/captions/nothing.vtt", status=404)
    private = {"visibility": "private"}
    assert cast.api("owner").patch(f"/api/v1/videos/{film.pk}", private, format="json").status_code == 200
    get(cast, f"/files/{film.pk}/captions/{track.pk}.vtt", "owner", status=404)


@pytest.mark.parametrize(
    "path", ["categories/nothing", "tags/%20", f"tags/{'a' * 41}", "videos/AAAAAAAAAAA/comments"]
)
def test_feeds_of_nothing_are_absent(cast, path):
    get(cast, f"/feeds/{path}.json", status=404)
