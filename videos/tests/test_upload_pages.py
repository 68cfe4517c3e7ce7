"""The pages of uploads: several files in one form, the dialog's form, and interrupted uploads."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from videos import quota
from videos.models import Video
from videos.tests.test_tus import URL, call

pytestmark = pytest.mark.usefixtures("database")


def file(name: str, content: bytes = b"0123456789"):
    return SimpleUploadedFile(name, content, "video/mp4")


def send(cast, *files, **fields):
    return cast.page("owner").post("/upload", {"visibility": "unlisted", **fields, "file": list(files)})


def test_one_file_has_the_title_and_leads_to_its_editor(cast):
    response = send(cast, file("a.mp4"), title="Mine", description="About it.")
    video = Video.objects.get()
    assert response.url == f"/studio/videos/{video.pk}"
    assert (video.title, video.description, video.visibility) == ("Mine", "About it.", "unlisted")


def test_several_files_share_all_but_the_title(cast):
    response = send(cast, file("first_part.mp4"), file("second_part.mp4"), title="Mine", description="Both.")
    assert response.url == "/studio/videos"
    rows = Video.objects.values_list("title", "description", "visibility")
    assert set(rows) == {("first part", "Both.", "unlisted"), ("second part", "Both.", "unlisted")}


def test_a_refused_file_is_named_and_the_others_are_kept(cast):
    page = cast.page("owner")
    files = [file("good.mp4"), file("empty.mp4", b"")]
    page.post("/upload", {"visibility": "private", "file": files})
    text = page.get("/studio/videos").content.decode()
    assert [video.title for video in Video.objects.all()] == ["good"]
    assert "1 video uploaded. Processing started." in text
    assert "empty.mp4" in text
    assert "This file is empty." in text


def test_a_form_whose_files_are_all_refused_is_shown_again(cast):
    response = send(cast, file("one.mp4", b""), file("two.mp4", b""))
    assert response.status_code == 400
    assert "This file is empty." in response.content.decode()
    assert not Video.objects.exists()


def test_the_quota_holds_for_all_files_of_a_form(cast, settings):
    settings.USER_QUOTA_BYTES = 15
    assert quota.quota_bytes_of(cast.owner) == 15
    send(cast, file("one.mp4"), file("two.mp4"))
    assert Video.objects.count() <= 1


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("stranger", 404), ("staff", 404), ("anonymous", 302)]
)
def test_the_form_of_the_dialog_is_its_owners_alone(cast, who, status):
    video = cast.video(ready=False, status="uploading", visibility="private", title="Draft of mine")
    response = cast.page(who).get(f"/upload/{video.pk}", headers={"HX-Request": "true"})
    assert response.status_code == status
    assert ("Draft of mine" in response.content.decode()) is (status == 200)


def test_others_may_not_open_the_form_of_a_public_video_and_a_page_leads_to_the_editor(cast):
    video = cast.video()
    assert cast.page("stranger").get(f"/upload/{video.pk}").status_code == 403
    assert cast.page("owner").get(f"/upload/{video.pk}").url == f"/studio/videos/{video.pk}"


def test_an_interrupted_upload_is_told_in_studio_and_editor(cast):
    answer = call(cast.api("owner"), "POST", URL, upload_length=10, upload_metadata="filename ZmlsbS5tcDQ=")
    video_id = answer["X-Video-Id"]
    for path in ("/upload", "/studio/videos", f"/studio/videos/{video_id}"):
        text = cast.page("owner").get(path).content.decode()
        assert f'data-unfinished-video="{video_id}"' in text, path
        assert "film.mp4" in text
        assert "Choose the file again" in text
