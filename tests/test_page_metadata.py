"""What pages say of themselves to programs: one canonical address, a preview, schema.org objects; nothing hidden."""

import extruct
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.tests.images import picture
from streamsite import origin
from streamsite.site_settings import sections, services
from streamsite.site_settings.identity import Identity
from subscriptions.models import Post
from tests.test_pages import NASTY

BASE = "http://localhost:8000"


def read(client, path):
    """Return what a page says: tags by name, the canonical address, objects by type, and whether it is listed."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = answer.content.decode()
    found = extruct.extract(text, base_url=BASE, syntaxes=["json-ld", "opengraph", "dublincore"])
    tags = dict(reversed(found["opengraph"][0]["properties"])) if found["opengraph"] else {}
    canonical = text.partition('rel="canonical" href="')[2].partition('"')[0]
    things = {thing["@type"]: thing for thing in found["json-ld"]}
    assert len(things) == len(found["json-ld"])
    assert all(thing["@context"] == "https://schema.org" for thing in things.values())
    assert text.count('rel="canonical"') <= 1
    return tags, canonical, things, 'name="robots" content="noindex"' not in text


@pytest.fixture
def full(cast):
    """A channel with an avatar, two videos, a playlist and a post. Returns their paths."""
    cast.owner.bio = "Films about trees"
    cast.owner.links = ["https://example.org/"]
    cast.owner.save()
    image = SimpleUploadedFile("a.png", picture(), content_type="image/png")
    cast.api("owner").put("/api/v1/me/avatar", {"file": image}, format="multipart")
    videos = [cast.video(title=f"Tree {number}").pk for number in range(2)]
    body = {"title": "Trees", "description": "All of them", "visibility": "public", "video_ids": videos}
    playlist = cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]
    post = cast.api("owner").post("/api/v1/posts", {"text": "A new tree\n soon"}, format="json").json()["id"]
    return {"playlist": f"/playlists/{playlist}", "post": f"/posts/{post}", "videos": videos}


def test_every_page_has_a_preview_and_one_address(cast, full):
    services.save(sections.section_of(Identity), {"name": "Tree TV", "description": "Trees, mostly"})
    page = cast.page("anonymous")
    for path, title, description in (
        ("/", "Tree TV", "Trees, mostly"),
        ("/trending", "Trending", "What people are watching right now"),
        ("/@owner", cast.owner.get_full_name(), "Films about trees"),
        (full["playlist"], "Trees", "All of them"),
        (full["post"], f"{cast.owner.get_full_name()}: A new tree soon", "A new tree soon"),
    ):
        tags, canonical, things, is_listed = read(page, f"{path}?utm_source=x")
        assert (canonical, tags["og:url"], is_listed) == (BASE + path, BASE + path, True)
        assert (tags["og:title"], tags["og:description"]) == (title, description)
        assert tags["og:site_name"] == "Tree TV"
        assert tags["og:image"].startswith(f"{BASE}/")
        assert things, path


def test_lists_name_their_videos_in_order(cast, full):
    page = cast.page("anonymous")
    newest = [f"{BASE}/watch/{pk}" for pk in reversed(full["videos"])]
    for path in ("/", "/@owner", "/@owner/videos"):
        rows = read(page, path)[2]["ItemList"]["itemListElement"]
        assert [row["url"] for row in rows] == newest
        assert [row["position"] for row in rows] == [1, 2]
    playlist = read(page, full["playlist"])[2]["ItemList"]
    assert [row["url"] for row in playlist["itemListElement"]] == newest[::-1]
    assert (playlist["name"], playlist["numberOfItems"]) == ("Trees", 2)
    second = page.get("/?page_size=1").context["page"]["next"]
    tags, canonical, things, _ = read(page, second)
    assert (canonical, "ItemList" in things) == (f"{BASE}/", False)
    assert tags["og:url"] == canonical


def test_a_channel_is_a_person_with_a_profile(cast, full):
    page = cast.page("anonymous")
    tags, _, things, _ = read(page, "/@owner")
    person = things["ProfilePage"]["mainEntity"]
    assert (person["name"], person["alternateName"]) == (cast.owner.get_full_name(), "@owner")
    assert (person["sameAs"], person["image"]) == (["https://example.org/"], tags["og:image"])
    assert "/media/profiles/" in tags["og:image"]
    assert person["interactionStatistic"]["userInteractionCount"] == 0
    for tab in ("videos", "playlists", "posts", "about"):
        _, canonical, things, _ = read(page, f"/@Owner/{tab}")
        assert canonical == f"{BASE}/@owner/{tab}"
        assert "ProfilePage" not in things
        assert things["BreadcrumbList"]["itemListElement"][-1]["item"] == f"{BASE}/@owner"


def test_a_post_and_a_playlist_say_where_they_belong(cast, full):
    page = cast.page("anonymous")
    post = read(page, full["post"])[2]
    assert post["SocialMediaPosting"]["author"]["url"] == f"{BASE}/@owner"
    assert post["SocialMediaPosting"]["text"] == "A new tree\n soon"
    for path in (full["post"], full["playlist"]):
        trail = read(page, path)[2]["BreadcrumbList"]["itemListElement"]
        assert [step["item"] for step in trail] == [f"{BASE}/", f"{BASE}/@owner", BASE + path]


def test_an_unlisted_playlist_has_a_preview_and_no_place_in_lists(cast, full):
    cast.api("owner").patch(f"/api/v1{full['playlist']}", {"visibility": "unlisted"}, format="json")
    tags, canonical, things, is_listed = read(cast.page("anonymous"), full["playlist"])
    assert (tags["og:title"], canonical, things, is_listed) == ("Trees", "", {}, False)


def test_what_only_its_owner_sees_says_nothing(cast, full):
    cast.api("owner").patch(f"/api/v1{full['playlist']}", {"visibility": "private"}, format="json")
    Post.objects.update(is_taken_down=True)
    owner = cast.page("owner")
    for path in (full["playlist"], full["post"], "/watch-later"):
        tags, canonical, things, is_listed = read(owner, path)
        assert (tags.keys(), canonical, things, is_listed) == ({"og:title"}, "", {}, False)
        assert "All of them" not in str(tags)


def test_a_private_video_is_on_no_list(cast, full):
    secret = cast.video(title="Secret tree", visibility="private")
    body = {"title": "Mine", "visibility": "public", "video_ids": [secret.pk, *full["videos"]]}
    playlist = cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]
    tags, _, things, _ = read(cast.page("owner"), f"/playlists/{playlist}")
    assert "Secret" not in str(things)
    assert secret.pk not in str(tags)


def test_the_sites_picture_stands_in_for_missing_ones(cast):
    page, username = cast.page("anonymous"), cast.owner.username
    assert read(page, f"/@{username}")[0]["og:image"].endswith("/images/icons/icon-512.png")
    services.save(sections.section_of(Identity), {"social": "A" * 16})
    for path in ("/", "/trending", "/@owner"):
        tags = read(page, path)[0]
        assert tags["og:image"] == f"{BASE}/media/profiles/{'A' * 16}/social-1200.jpg"
        assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")


def test_markup_in_names_stays_text(cast):
    cast.owner.full_name, cast.owner.bio = NASTY[:80], NASTY
    cast.owner.save()
    cast.video(title=NASTY)
    for path in ("/", "/@owner"):
        text = cast.page("anonymous").get(path).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    person = read(cast.page("anonymous"), "/@owner")[2]["ProfilePage"]["mainEntity"]
    assert (person["name"], person["description"]) == (NASTY[:80], NASTY)
    assert origin.current() == BASE
