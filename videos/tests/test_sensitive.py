"""Sensitive videos: who marks them, and what viewers meet by the choice of the site and their own."""

import base64
import json
import re
from urllib.parse import urlsplit

import feedparser
import pytest
from django.contrib.admin.utils import quote
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import channel_marks, profile
from accounts.models import User
from playlists.models import Playlist
from streamsite import origin
from streamsite.sensitive_content import RTA_LABEL
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from tests.support.commands import recorded
from videos import sensitive_marks, video_store
from videos.models import Video
from videos.repairs import ALL
from videos.search import store as search_store
from videos.services import build_draft
from videos.tests.test_feeds import ITUNES, feed, mapped, parsed
from videos.uploads.creation import METADATA_FIELDS

MARKED, PLAIN = "Marked walrus", "Plain walrus"
LISTS = {
    "library": "/api/v1/videos",
    "search": "/api/v1/videos?q=walrus",
    "search by time": "/api/v1/videos?q=walrus&sort=newest",
    "facet": "/api/v1/videos?category=film",
    "trending": "/api/v1/trending",
    "channel": "/api/v1/channels/owner/videos",
}
PAGES = ("/", "/search?q=walrus", "/trending", "/@owner")


def site(policy):
    services.save(sections.section_of(Features), {"sensitive_content": policy})


def choose(user, policy):
    profile.update_preferences(User.objects.get(pk=user.pk), {"sensitive_content": policy})


@pytest.fixture
def videos(cast):
    marked = cast.video(title=MARKED, category="film", is_sensitive=True, has_poster=True)
    return marked, cast.video(title=PLAIN, category="film", has_poster=True)


def titles(cast, who, address):
    answer = cast.api(who).get(address)
    assert answer.status_code == 200
    return {card["title"] for card in answer.json()["results"]}


def text(cast, who, address):
    answer = cast.page(who).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_site_blurs_unless_told_otherwise_and_refuses_other_words(cast):
    assert Features().sensitive_content == "blur"
    answer = cast.api("owner").patch("/api/v1/me/preferences", {"sensitive_content": "x"}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["sensitive_content"])


@pytest.mark.parametrize("policy", ["hide", "blur", "warn", "show"])
def test_lists_leave_out_what_is_hidden_from_others_and_nothing_else(cast, videos, policy):
    site(policy)
    others = {PLAIN} if policy == "hide" else {PLAIN, MARKED}
    for name, address in LISTS.items():
        assert titles(cast, "anonymous", address) == others, name
        assert titles(cast, "stranger", address) == others, name
        assert titles(cast, "owner", address) == {PLAIN, MARKED}, name
    plain = videos[1]
    assert titles(cast, "stranger", f"/api/v1/videos/{plain.pk}/related") == others - {PLAIN}
    suggested = cast.api("anonymous").get("/api/v1/search/suggest?q=walrus").json()["results"]
    assert {one["text"] for one in suggested if one["kind"] == "video"} == others


@pytest.mark.parametrize(
    ("of_site", "own"), [("show", "hide"), ("hide", "show"), ("hide", ""), ("blur", "warn")]
)
def test_a_viewers_choice_goes_before_the_sites(cast, videos, of_site, own):
    site(of_site)
    choose(cast.stranger, own)
    hidden = (own or of_site) == "hide"
    for name, address in LISTS.items():
        assert (MARKED in titles(cast, "stranger", address)) is not hidden, name
        assert (MARKED in titles(cast, "anonymous", address)) is (of_site != "hide"), name


def test_the_feed_follows_the_viewer(cast, videos):
    api = cast.api("member")
    assert api.put("/api/v1/channels/owner/subscription", {"notify": "all"}, format="json").status_code == 200
    assert titles(cast, "member", "/api/v1/me/feed") == {PLAIN, MARKED}
    choose(cast.member, "hide")
    assert titles(cast, "member", "/api/v1/me/feed") == {PLAIN}
    for page in (1, 2):  # the page before a hidden one is not taken for the last
        cast.video(title=f"Later {page}", is_sensitive=True)
    assert titles(cast, "member", "/api/v1/me/feed?page_size=1") == {PLAIN}


@pytest.mark.parametrize("policy", ["hide", "blur", "warn", "show"])
@pytest.mark.parametrize("who", ["anonymous", "stranger"])
def test_cards_are_blurred_and_labeled_by_the_policy(cast, videos, policy, who):
    site(policy)
    for address in PAGES:
        page = text(cast, who, address)
        assert (MARKED in page) is (policy != "hide"), address
        assert page.count("data-sensitive") == (0 if policy == "hide" else 1), address
        assert page.count('class="blurred"') == (1 if policy == "blur" else 0), address
    own = text(cast, "owner", "/")
    assert (own.count("data-sensitive"), own.count('class="blurred"')) == (1, 0)


@pytest.mark.parametrize("policy", ["hide", "blur", "warn", "show"])
@pytest.mark.parametrize("address", ["/watch/{}", "/embed/{}"])
def test_pages_ask_before_they_have_a_player(cast, videos, policy, address):
    site(policy)
    marked, plain = videos
    page = text(cast, "anonymous", address.format(marked.pk) + "?t=5")
    asks = policy != "show"
    assert ("data-go-on" in page, "data-player" in page) == (asks, not asks)
    assert f'content="{RTA_LABEL}"' in page
    if asks:
        onwards = re.search(r'href="([^"]+)" rel="nofollow" data-go-on', page)[1].replace("&amp;", "&")
        assert onwards == "?t=5&sensitive=show"
        page = text(cast, "anonymous", address.format(marked.pk) + onwards)
        assert ("data-go-on" in page, "data-player" in page) == (False, True)
    page = text(cast, "anonymous", address.format(plain.pk))
    assert ("data-go-on" in page, RTA_LABEL in page) == (False, False)


def test_the_owner_is_not_asked(cast, videos):
    site("hide")
    assert "data-player" in text(cast, "owner", f"/watch/{videos[0].pk}")


def test_programs_are_told(cast, videos):
    marked, plain = videos
    data = {}
    for video in videos:
        page = text(cast, "anonymous", f"/watch/{video.pk}")
        data[video.pk] = json.loads(re.search(r'application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert data[marked.pk]["isFamilyFriendly"] is False
    assert "isFamilyFriendly" not in data[plain.pk]
    root = parsed(cast, "/feeds/channels/owner.rss")
    assert root.find(f"channel/{ITUNES}explicit").text == "true"
    rated = {
        item.find("title").text: (item.find(f"{ITUNES}explicit") is not None, "rating" in _tags(item))
        for item in root.findall("channel/item")
    }
    assert rated == {MARKED: (True, True), PLAIN: (False, False)}


@pytest.mark.parametrize(("policy", "is_shown"), [("hide", False), ("blur", False), ("warn", True)])
def test_previews_on_other_sites_have_no_picture_that_this_site_blurs(cast, videos, policy, is_shown):
    site(policy)
    for video, expected in zip(videos, (is_shown, True), strict=True):
        page = text(cast, "anonymous", f"/watch/{video.pk}")
        for name in ('property="og:image"', 'name="twitter:image"', '"thumbnailUrl"'):
            assert (name in page) is expected, name
        found = cast.page("anonymous").get("/oembed", {"url": f"{origin.current()}/watch/{video.pk}"}).json()
        assert ("thumbnail_url" in found) is expected


def _tags(item):
    return {one.tag.partition("}")[2] for one in item.iter()}


@pytest.mark.parametrize(
    ("of_site", "own", "shown"),
    [("hide", "", {PLAIN}), ("hide", "show", {PLAIN, MARKED}), ("show", "hide", {PLAIN})],
)
def test_the_private_feed_follows_its_owner(cast, videos, of_site, own, shown):
    api = cast.api("member")
    assert api.put("/api/v1/channels/owner/subscription").status_code == 200
    address = urlsplit(api.post("/api/v1/me/feed/rss").json()["url"]).path
    site(of_site)
    choose(cast.member, own)
    assert {
        entry.title for entry in feedparser.parse(cast.page("anonymous").get(address).content).entries
    } == shown


def test_a_channels_shelves_are_filled_with_what_is_shown(cast):
    cast.video(title=PLAIN)
    for number in range(13):  # more than a shelf holds
        cast.video(title=f"Marked {number}", is_sensitive=True)
    api = cast.api("owner")
    version = api.get("/api/v1/me/channel-page")["ETag"]
    shelves = {"shelves": [{"kind": "newest", "value": ""}]}
    answer = api.patch("/api/v1/me/channel-page", shelves, format="json", HTTP_IF_MATCH=version)
    assert answer.status_code == 200, answer.content
    site("hide")
    front = cast.api("anonymous").get("/api/v1/channels/owner/front").json()
    assert [[card["title"] for card in shelf["results"]] for shelf in front["shelves"]] == [[PLAIN]]


def test_feeds_and_sitemaps_leave_out_what_the_site_hides(cast, videos):
    addresses = mapped(cast)
    assert len(feed(cast).entries) == 2
    site("hide")
    assert [entry.title for entry in feed(cast).entries] == [PLAIN]
    assert {one for one in addresses - mapped(cast) if "/watch/" in one} == {
        one for one in addresses if videos[0].pk in one
    }
    assert parsed(cast, "/feeds/channels/owner.rss").find(f"channel/{ITUNES}explicit").text == "false"


def test_what_people_collected_stays_blurred(cast, videos):
    playlist = cast.api("owner").post(
        "/api/v1/playlists",
        {"title": "Mine", "visibility": "public", "video_ids": [videos[0].pk]},
        format="json",
    )
    body = cast.api("anonymous").get(f"/api/v1/playlists/{playlist.json()['id']}").json()
    assert body["is_sensitive"] is True
    site("hide")
    page = text(cast, "stranger", Playlist.objects.get().get_absolute_url())
    assert (page.count("data-sensitive"), page.count('class="blurred"')) == (1, 2)  # with the cover


def test_anonymous_answers_depend_on_the_site_only(cast, videos):
    site("blur")
    for address in LISTS.values():
        answer = cast.api("anonymous").get(address)
        assert "public" in answer["Cache-Control"]
        personal = cast.api("stranger").get(address)
        assert "private" in personal["Cache-Control"]
        assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))
    before = cast.api("anonymous").get(LISTS["library"])["ETag"]
    site("hide")
    assert cast.api("anonymous").get(LISTS["library"])["ETag"] != before


def test_no_list_costs_more_commands(cast, videos):
    def commands(address):
        with recorded() as made:
            cast.api("anonymous").get(address)
        return len(made)

    for address in (*LISTS.values(), f"/api/v1/videos/{videos[1].pk}/related", "/api/v1/search/suggest?q=w"):
        site("show")
        commands(address)
        shown = commands(address)
        site("hide")
        commands(address)
        assert commands(address) <= shown, address


# --- marks


def mark(cast, who, video, value):
    return cast.api(who).patch(f"/api/v1/videos/{video.pk}", {"is_sensitive": value}, format="json")


def test_the_owner_marks_and_unmarks_a_video(cast):
    video = cast.video()
    assert cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").json()["is_sensitive"] is False
    assert mark(cast, "owner", video, True).json()["is_sensitive"] is True
    assert mark(cast, "owner", video, False).json()["is_sensitive"] is False
    assert mark(cast, "stranger", video, True).status_code == 403
    assert mark(cast, "owner", video, "perhaps").status_code == 400


def test_the_mark_of_staff_stays_whatever_the_owner_does(cast):
    video = cast.video(is_sensitive=True)
    assert sensitive_marks.mark_by_staff(video.pk, is_sensitive=True)
    assert not sensitive_marks.mark_by_staff(video.pk, is_sensitive=True)
    assert mark(cast, "owner", video, False).json()["is_sensitive"] is True
    assert "already mark" in text(cast, "owner", f"/studio/videos/{video.pk}")
    address, chosen = "/admin/videos/video/", {"_selected_action": video.pk}
    staff = cast.page("staff")
    assert staff.post(address, {"action": "unmark_sensitive", **chosen}).status_code == 302
    assert not Video.objects.get().shown_as_sensitive
    assert staff.post(address, {"action": "mark_sensitive", **chosen}).status_code == 302
    assert Video.objects.get().shown_as_sensitive


def test_a_channels_mark_makes_all_of_its_videos_sensitive(cast):
    site("hide")
    cast.video(title=PLAIN)
    assert PLAIN in titles(cast, "anonymous", LISTS["search"])
    api = cast.api("owner")
    assert api.patch("/api/v1/me", {"is_sensitive": True}, format="json").json()["is_sensitive"] is True
    later = cast.video(title="Another walrus")
    for address in LISTS.values():
        assert titles(cast, "anonymous", address) == set(), address
    assert cast.api("anonymous").get("/api/v1/channels/owner").json()["is_sensitive"] is True
    assert (
        "data-sensitive" in text(cast, "anonymous", "/@owner").partition("</h1>")[2].partition("</header>")[0]
    )
    mark(cast, "owner", later, True)
    api.patch("/api/v1/me", {"is_sensitive": False}, format="json")
    assert (
        titles(cast, "anonymous", LISTS["search"]) == titles(cast, "anonymous", LISTS["library"]) == {PLAIN}
    )


def test_the_mark_of_staff_on_a_channel_stays(cast):
    video = cast.video()
    owner = User.objects.get(pk=cast.owner.pk)
    assert channel_marks.mark_by_staff(owner, actor=cast.staff, sensitive=True)
    assert not channel_marks.mark_by_staff(owner, actor=cast.staff, sensitive=True)
    for value in (True, False):
        body = cast.api("owner").patch("/api/v1/me", {"is_sensitive": value}, format="json").json()
        assert body["is_sensitive"] is True
    assert Video.objects.get(pk=video.pk).shown_as_sensitive
    assert channel_marks.mark_by_staff(User.objects.get(pk=owner.pk), actor=cast.staff, sensitive=False)
    assert not Video.objects.get(pk=video.pk).shown_as_sensitive


def test_rows_of_the_previous_release_are_repaired(cast, videos):
    marked, _plain = videos
    rows = video_store.collection(Video._meta.db_table)
    rows.update_many({}, {"$unset": dict.fromkeys(("shown_as_sensitive", "is_sensitive_by_staff"), "")})
    documents = video_store.collection(search_store.SEARCH_VIDEOS)
    documents.update_many({}, {"$unset": {"shown_as_sensitive": "", "is_marked": ""}})
    site("hide")
    assert titles(cast, "anonymous", LISTS["library"]) == {MARKED, PLAIN}  # until then, as before
    repairs = [one for one in ALL if one.name.endswith(".shown_as_sensitive")]
    for repair in repairs:
        stale = list(repair.find())
        assert stale == [marked.pk]
        repair.correct(stale)
        assert list(repair.find()) == []
    for name, address in LISTS.items():
        assert titles(cast, "anonymous", address) == {PLAIN}, name


@pytest.mark.parametrize("checked", [True, False])
def test_the_checkbox_of_the_upload_page_marks_the_video(cast, checked):
    file = SimpleUploadedFile("a.mp4", b"x" * 100, content_type="video/mp4")
    form = {"file": file, "visibility": "private"} | ({"is_sensitive": "on"} if checked else {})
    assert cast.page("owner").post("/upload", form).status_code == 302
    made = Video.objects.get()
    assert (made.is_sensitive, made.shown_as_sensitive) == (checked, checked)


@pytest.mark.parametrize("checked", [True, False])
def test_a_resumable_upload_marks_the_video(cast, checked):
    sent = {"filename": "a.mp4"} | ({"is_sensitive": "true"} if checked else {})
    metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in sent.items())
    names = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_LENGTH": "10", "HTTP_UPLOAD_METADATA": metadata}
    assert cast.api("owner").post("/api/v1/uploads", **names).status_code == 201
    assert Video.objects.get().shown_as_sensitive is checked


def test_the_buttons_of_the_admin_mark_a_channel_and_unmark_it(cast):
    video, page = cast.video(), cast.page("staff")
    account = reverse("admin:accounts_user_change", args=[quote(cast.owner.pk)])
    for name, other, marked in (("sensitive", "not-sensitive", True), ("not-sensitive", "sensitive", False)):
        shown = page.get(account).content.decode()
        assert (f"/act/{name}/" in shown, f"/act/{other}/" in shown) == (True, False)
        action = reverse("admin:accounts_user_act", args=[quote(cast.owner.pk), name])
        assert page.get(action).status_code == 200
        assert Video.objects.get(pk=video.pk).shown_as_sensitive is not marked
        assert page.post(action).status_code == 302
        assert Video.objects.get(pk=video.pk).shown_as_sensitive is marked
    assert User.objects.get(pk=cast.owner.pk).is_sensitive_by_staff is False


def test_a_button_of_the_admin_that_strangers_press_does_nothing(cast):
    video = cast.video()
    action = reverse("admin:accounts_user_act", args=[quote(cast.owner.pk), "sensitive"])
    chosen = {"action": "mark_sensitive", "_selected_action": video.pk}
    helper = cast.user("helper", is_staff=True)
    of_helper = Client()
    of_helper.force_login(helper, backend="accounts.backends.LoginBackend")
    for page in (cast.page("anonymous"), cast.page("stranger"), of_helper):
        page.post(action)
        page.post("/admin/videos/video/", chosen)
    assert not Video.objects.get().shown_as_sensitive


@pytest.mark.parametrize("sent", ["true", ""])
def test_a_new_video_is_marked_as_it_was_sent(cast, sent):
    data = {"is_sensitive": sent} if sent else {}
    made = build_draft(cast.owner, filename="x.mp4", size=5, data=data)
    assert (made.is_sensitive, made.shown_as_sensitive) == (bool(sent), bool(sent))
    assert 'name="is_sensitive"' in text(cast, "owner", "/upload")
    assert "is_sensitive" in METADATA_FIELDS
    User.objects.filter(pk=cast.owner.pk).update(is_sensitive=True)
    owner = User.objects.get(pk=cast.owner.pk)
    assert build_draft(owner, filename="x.mp4", size=5, data={}).shown_as_sensitive
