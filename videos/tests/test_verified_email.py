"""Publishing needs a verified address where ``REQUIRE_VERIFIED_EMAIL`` is on."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from streamsite.visibility import Visibility
from videos import services
from videos.forms import VideoForm
from videos.models import ShareLink, Video


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_VERIFIED_EMAIL = True


def verify(username="owner"):
    User.objects.filter(username=username).update(email_verified=True)


def patch(cast, video, **changes):
    return cast.api("owner").patch(f"/api/v1/videos/{video.pk}", changes, format="json")


def assert_refused(answer):
    assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")
    assert "Confirm your email" in answer.json()["detail"]


@pytest.mark.parametrize("wanted", ["public", "unlisted"])
def test_nothing_is_shown_to_others_before(cast, wanted):
    video = cast.video(visibility=Visibility.PRIVATE)
    assert_refused(patch(cast, video, visibility=wanted))
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert_refused(patch(cast, video, publish_at=later, publish_visibility=wanted))
    assert not Video.objects.exclude(visibility="private", publish_at=None).exists()
    verify()
    assert patch(cast, video, visibility=wanted).status_code == 200


def test_drafts_uploads_and_private_videos_need_nothing(cast):
    video = cast.video(visibility=Visibility.PRIVATE)
    assert patch(cast, video, title="Another title", visibility="private").status_code == 200
    hidden = services.build_draft(cast.owner, filename="a.mp4", size=1, data={"visibility": "private"})
    assert hidden.visibility == "private"
    assert services.build_draft(cast.owner, filename="a.mp4", size=1, data={}).visibility == "private"


def test_an_upload_cannot_begin_as_published(cast):
    words = {"filename": "a.mp4", "visibility": "public"}
    metadata = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in words.items()
    )
    sent = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_LENGTH": "10", "HTTP_UPLOAD_METADATA": metadata}
    assert_refused(cast.api("owner").post("/api/v1/uploads", **sent))
    assert not Video.objects.exists()


def test_what_was_published_before_stays_and_can_be_changed(cast):
    video = cast.video()
    assert patch(cast, video, title="Another title", visibility="public").status_code == 200
    assert cast.api("stranger").get(f"/api/v1/videos/{video.pk}").json()["title"] == "Another title"
    assert patch(cast, video, visibility="unlisted").status_code == 200
    assert_refused(patch(cast, video, visibility="public"))


def test_a_change_of_many_says_so_for_each(cast):
    hidden, shown = cast.video(visibility=Visibility.PRIVATE), cast.video()
    body = {"video_ids": [hidden.pk, shown.pk], "action": "visibility", "value": "public"}
    answer = cast.api("owner").post("/api/v1/studio/videos/bulk", body, format="json")
    outcomes = [(one["outcome"], one["code"]) for one in answer.json()["results"]]
    assert outcomes == [("refused", "email_not_verified"), ("unchanged", None)]


def test_a_schedule_from_before_waits_until_the_address_is_verified(cast):
    past = timezone.now() - timedelta(minutes=1)
    opens = cast.video(visibility=Visibility.PRIVATE, publish_at=past, publish_visibility="public")
    closes = cast.video(publish_at=past, publish_visibility="private")
    services.apply_schedule()
    assert Video.objects.get(pk=opens.pk).visibility == "private"
    assert Video.objects.get(pk=closes.pk).visibility == "private"
    verify()
    services.apply_schedule()
    assert Video.objects.get(pk=opens.pk).visibility == "public"


def test_a_share_link_opens_a_private_video_to_others_too(cast):
    video = cast.video(visibility=Visibility.PRIVATE)
    assert_refused(cast.api("owner").post(f"/api/v1/videos/{video.pk}/share-links", {}, format="json"))
    assert not ShareLink.objects.exists()


def test_pages_remind_until_the_address_is_verified(cast, settings):
    video = cast.video(visibility=Visibility.PRIVATE)
    page = cast.page("owner")
    home = page.get("/").content.decode()
    assert "Confirm your email address to publish videos." in home
    assert "owner@example.org" in home
    assert 'action="/settings/security/email/resend"' in home
    assert page.post("/settings/security/email/resend", {"next": "/feed"}).url == "/feed"
    assert (
        page.post("/settings/security/email/resend", {"next": "//evil.example"}).url == "/settings/security"
    )
    upload = page.get("/upload").content.decode()
    assert 'value="private" checked' in upload
    assert 'value="public"' not in upload
    filled = {name: value for name, value in VideoForm.for_video(video).initial.items() if value}
    refused = page.post(f"/studio/videos/{video.pk}", filled | {"visibility": "public"})
    assert refused.status_code == 400
    assert "Confirm your email address before you publish" in refused.content.decode()
    assert "to publish videos" not in cast.page("anonymous").get("/").content.decode()
    verify()
    assert "to publish videos" not in page.get("/").content.decode()
    settings.REQUIRE_VERIFIED_EMAIL = False
    assert "to publish videos" not in cast.page("stranger").get("/").content.decode()


def test_without_the_setting_nobody_needs_it(cast, settings):
    settings.REQUIRE_VERIFIED_EMAIL = False
    assert patch(cast, cast.video(visibility=Visibility.PRIVATE), visibility="public").status_code == 200


def test_posts_and_public_playlists_need_it_too(cast):
    owner = cast.api("owner")
    assert_refused(owner.post("/api/v1/posts", {"text": "Hello"}, format="json"))
    assert_refused(owner.post("/api/v1/playlists", {"title": "A", "visibility": "unlisted"}, format="json"))
    made = owner.post("/api/v1/playlists", {"title": "A"}, format="json")
    assert made.status_code == 201
    path = f"/api/v1/playlists/{made.json()['id']}"
    assert_refused(owner.patch(path, {"visibility": "public"}, format="json"))
    assert owner.patch(path, {"title": "B"}, format="json").status_code == 200
    verify()
    assert owner.patch(path, {"visibility": "public"}, format="json").status_code == 200
    assert owner.post("/api/v1/posts", {"text": "Hello"}, format="json").status_code == 201
