"""Features that staff turn off are absent everywhere: pages, API, feeds, other sites, and the interface."""

import pytest

from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from tests.support.site_settings import hidden
from videos.comments import services as comments
from videos.comments.targets import video_target
from videos.models import Comment

PAGE = "/admin/site/features/"
SECTION = sections.section_of(Features)


def turn_off(*names):
    services.save(SECTION, dict.fromkeys(names, False))


def code(response):
    return response.status_code, response.json()["code"]


def test_staff_turn_a_feature_off_and_on(editor):
    sent = {name: value for name, value in hidden(editor, PAGE).items() if name != "comments"}
    assert editor.post(PAGE, sent).status_code == 302
    assert editor.get("/api/v1/videos/AAAAAAAAAAA/comments").json()["code"] == "comments_disabled"
    editor.post(PAGE, {"reset": "comments"})
    assert editor.get("/api/v1/videos/AAAAAAAAAAA/comments").json()["code"] == "not_found"


# --- comments -------------------------------------------------------------------------------------


@pytest.fixture
def comment(cast):
    video = cast.video()
    return comments.create(cast.member, video_target(video), "Nice")


def test_without_comments_there_is_no_trace_of_them(cast, comment):
    video_id = comment.subject
    page = cast.page("owner")
    assert 'id="comments"' in page.get(f"/watch/{video_id}").content.decode()
    turn_off("comments")
    text = page.get(f"/watch/{video_id}").content.decode()
    assert 'id="comments"' not in text
    assert "studio/comments" not in page.get("/studio").content.decode()
    assert "Comments" not in page.get("/studio/videos").content.decode()
    assert "allow_comments" not in page.get(f"/studio/videos/{video_id}").content.decode()
    for address in (f"/watch/{video_id}/comments", f"/comments/{comment.pk}", "/studio/comments"):
        assert page.get(address).status_code == 404
    api = cast.api("owner")
    assert code(api.get(f"/api/v1/videos/{video_id}/comments")) == (404, "comments_disabled")
    assert code(api.post(f"/api/v1/videos/{video_id}/comments", {"text": "x"}, format="json")) == (
        404,
        "comments_disabled",
    )
    assert code(api.get(f"/api/v1/comments/{comment.pk}/replies")) == (404, "comments_disabled")
    assert api.get(f"/api/v1/videos/{video_id}").json()["allow_comments"] is False


def test_people_delete_their_comments_all_the_same(cast, comment):
    turn_off("comments")
    assert cast.api("member").delete(f"/api/v1/comments/{comment.pk}").status_code == 204
    assert cast.page("member").get(f"/comments/{comment.pk}/delete").status_code in {200, 404}
    services.save(SECTION, {}, reset=["comments"])
    assert not Comment.objects.filter(pk=comment.pk, state="shown").exists()


def test_saving_details_keeps_the_owners_choice(cast):
    video = cast.video(allow_comments=True)
    turn_off("comments")
    page = cast.page("owner")
    form = page.get(f"/studio/videos/{video.pk}").context["form"]
    sent = {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if form.get_initial_for_field(field, name) not in (None, False, "")
    }
    page.post(f"/studio/videos/{video.pk}", sent | {"title": "Another title"})
    video.refresh_from_db()
    assert (video.title, video.allow_comments) == ("Another title", True)


# --- downloads ------------------------------------------------------------------------------------


def test_without_downloads_no_file_is_offered(cast):
    video = cast.video(has_download=True, allow_download=True)
    api, page = cast.api("anonymous"), cast.page("anonymous")
    url = api.get(f"/api/v1/videos/{video.pk}").json()["download_url"]
    assert url
    turn_off("downloads")
    assert api.get(f"/api/v1/videos/{video.pk}").json()["download_url"] is None
    assert code(page.get(url)) == (404, "downloads_disabled")
    text = page.get(f"/watch/{video.pk}").content.decode()
    assert "Download</a>" not in text
    assert ".mp4" not in page.get(f"/feeds/channels/{video.channel.username}.rss").content.decode()
    assert "allow_download" not in cast.page("owner").get(f"/studio/videos/{video.pk}").content.decode()


# --- embeds ---------------------------------------------------------------------------------------


def test_without_embeds_other_sites_get_nothing(cast):
    video = cast.video()
    page = cast.page("anonymous")
    assert page.get(f"/embed/{video.pk}").status_code == 200
    assert "oembed" in page.get(f"/watch/{video.pk}").content.decode()
    turn_off("embeds")
    refused = page.get(f"/embed/{video.pk}")
    assert refused.status_code == 404
    assert "data-player" not in refused.content.decode()
    assert code(page.get(f"/oembed?url=http://localhost:8000/watch/{video.pk}")) == (404, "embeds_disabled")
    text = page.get(f"/watch/{video.pk}").content.decode()
    for word in ("oembed", "/embed/", "data-embeddable"):
        assert word not in text
    assert "/embed/" not in page.get(f"/feeds/channels/{video.channel.username}.rss").content.decode()
    assert cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").json()["allow_embed"] is False


# --- trending and the API -------------------------------------------------------------------------


def test_without_trending_there_is_no_page_and_no_link(cast):
    page = cast.page("anonymous")
    assert 'href="/trending"' in page.get("/").content.decode()
    turn_off("trending")
    assert 'href="/trending"' not in page.get("/").content.decode()
    assert page.get("/trending").status_code == 404
    assert code(cast.api("anonymous").get("/api/v1/trending")) == (404, "trending_disabled")
    assert code(cast.api("anonymous").get("/api/v1/videos?sort=trending")) == (404, "trending_disabled")


def test_without_a_public_api_visitors_programs_are_refused_and_pages_go_on(cast):
    video = cast.video()
    turn_off("public_api")
    anonymous = cast.api("anonymous")
    assert code(anonymous.get("/api/v1/videos")) == (403, "public_api_disabled")
    assert code(anonymous.get(f"/api/v1/videos/{video.pk}")) == (403, "public_api_disabled")
    from_page = {"sec-fetch-site": "same-origin"}
    assert anonymous.get("/api/v1/search/suggest?q=a", headers=from_page).status_code == 200
    referred = {"referer": "http://testserver/watch/x"}
    assert anonymous.get("/api/v1/search/suggest?q=a", headers=referred).status_code == 200
    assert anonymous.get("/api/v1/videos", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert cast.api("stranger").get("/api/v1/videos").status_code == 200
    # Without an account nobody could get one.
    answer = anonymous.post("/api/v1/auth/token", {"login": "x", "password": "y"}, format="json")
    assert answer.json()["code"] == "invalid_credentials"
    assert cast.page("anonymous").get(f"/watch/{video.pk}").status_code == 200
