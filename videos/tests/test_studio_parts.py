"""The studio's pages about parts of a video, without scripts."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from videos.models import Caption, ShareLink, Video

PARTS = ("", "/picture", "/captions", "/chapters", "/sharing")


@pytest.fixture
def video(cast):
    return cast.video(visibility="private", duration=60.0)


@pytest.fixture
def page(cast):
    return cast.page("owner")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("stranger", 404), ("anonymous", 302)])
def test_the_parts_are_their_owners_alone(cast, video, part, who, status):
    assert cast.page(who).get(f"/studio/videos/{video.pk}{part}").status_code == status


def test_chapters_are_edited_as_lines(page, video):
    url = f"/studio/videos/{video.pk}/chapters"
    assert page.post(url, {"text": "0:00 Start\n\n0:30.5 <b>Middle</b>"}).status_code == 302
    shown = page.get(url).content.decode()
    assert "0:30.500 &lt;b&gt;Middle&lt;/b&gt;" in shown
    assert Video.objects.get(pk=video.pk).chapters[1]["start"] == 30.5
    refused = page.post(url, {"text": "0:00 Start\nnonsense"})
    assert refused.status_code == 400
    assert "Line 2" in refused.content.decode()
    assert "nonsense" in refused.content.decode()
    assert page.post(url, {"text": ""}).status_code == 302
    assert Video.objects.get(pk=video.pk).chapters_edited is False


def test_captions_are_added_edited_and_deleted(page, video):
    url = f"/studio/videos/{video.pk}/captions"
    file = SimpleUploadedFile("c.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    assert page.post(url, {"file": file, "language": "en", "kind": "subtitles"}).status_code == 302
    track = Caption.objects.get()
    again = SimpleUploadedFile("c.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    twice = page.post(url, {"file": again, "language": "en", "kind": "subtitles"})
    assert twice.status_code == 400
    assert "already" in twice.content.decode()
    assert page.post(url, {"language": "en", "kind": "subtitles"}).status_code == 400
    assert '<div class="help"' in twice.content.decode()
    one = f"{url}/{track.pk}"
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello <i>you</i>\n"
    changed = {"language": "en", "label": "Mine", "kind": "captions", "text": text}
    assert page.post(one, changed).status_code == 302
    track.refresh_from_db()
    assert (track.label, track.cues) == ("Mine", [[1.0, 3.0, "Hello <i>you</i>"]])
    assert page.post(one, changed | {"text": "nothing"}).status_code == 400
    wrong = page.post(one, changed | {"text": f"{text}\n00:0x.000 --> 00:04.000\nA typing error\n"})
    assert "1 cue has times that can&#x27;t be read" in wrong.content.decode()
    assert page.post(one, {"delete": "1"}).status_code == 302
    assert page.get(one).status_code == 404


def test_the_page_shows_how_captions_were_read(page, video):
    url = f"/studio/videos/{video.pk}/captions"
    form = page.get(url).content.decode()
    assert ".ass" in form
    assert "Cyrillic (KOI8-R)" in form
    assert '<option value="pt-BR">Portuguese (Brazil)</option>' in form
    text = "1\n00:00:01,000 --> 00:00:02,000\nПривет\n\n2\n00:00:0x,0 --> 1\nx\n"
    sent = {"language": "ru", "kind": "forced", "label": "Signs", "encoding": "koi8-r"}
    file = SimpleUploadedFile("c.srt", text.encode("koi8-r"))
    shown = page.post(url, sent | {"file": file}, follow=True).content.decode()
    assert "1 cue, read as SubRip, Cyrillic (KOI8-R)" in shown
    assert "be read and was left out" in shown
    assert "Forced" in shown
    refused = page.post(url, sent | {"file": SimpleUploadedFile("c.srt", b"no captions")})
    assert refused.status_code == 400
    assert "No cues found" in refused.content.decode()


def test_the_page_shows_what_processing_did(page, video):
    address = f"/studio/videos/{video.pk}"
    assert "Processing report" not in page.get(address).content.decode()
    Video.objects.filter(pk=video.pk).update(report=[{"code": "copied", "detail": "<Kept> as it is."}])
    assert "&lt;Kept&gt; as it is." in page.get(address).content.decode()


def test_a_picture_is_sent_and_taken_back(page, video):
    out = io.BytesIO()
    Image.new("RGB", (320, 180), (9, 9, 200)).save(out, "PNG")
    url = f"/studio/videos/{video.pk}/picture"
    assert page.post(url, {"file": SimpleUploadedFile("p.png", out.getvalue())}).status_code == 302
    assert Video.objects.get(pk=video.pk).poster
    assert page.post(url, {"file": SimpleUploadedFile("p.png", b"no picture")}).status_code == 400
    assert page.post(url, {"at": "x"}).status_code == 400
    assert page.post(url, {}).status_code == 302
    assert Video.objects.get(pk=video.pk).poster == ""


def test_links_are_made_and_revoked(page, video):
    url = f"/studio/videos/{video.pk}/sharing"
    assert page.post(url, {"label": "Ann", "expires_in": "3600", "max_views": "3"}).status_code == 302
    link = ShareLink.objects.get()
    assert (link.label, link.max_views) == ("Ann", 3)
    assert f"share={link.pk}." in page.get(url).content.decode()
    assert page.post(url, {"max_views": "none"}).status_code == 400
    assert page.post(url, {"revoke": link.pk}).status_code == 302
    assert page.post(url, {"revoke": link.pk}).status_code == 400
    assert not ShareLink.objects.exists()


def test_the_schedule_is_set_and_cleared_in_the_details(page, video):
    url = f"/studio/videos/{video.pk}"
    details = {
        "title": "Film",
        "category": "other",
        "visibility": "private",
        "publish_visibility": "unlisted",
        "allow_comments": "on",
    }
    assert page.post(url, details | {"publish_at": "2027-06-01T18:00"}).status_code == 302
    video.refresh_from_db()
    assert f"{video.publish_at:%Y-%m-%d %H:%M}" == "2027-06-01 18:00"
    assert video.publish_visibility == "unlisted"
    assert 'value="2027-06-01T18:00"' in page.get(url).content.decode()
    assert page.post(url, details | {"publish_at": "2001-06-01T18:00"}).status_code == 400
    assert page.post(url, details | {"publish_at": ""}).status_code == 302
    video.refresh_from_db()
    assert video.publish_at is None
