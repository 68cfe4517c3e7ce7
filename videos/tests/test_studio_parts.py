"""The editor of a video, without scripts."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from videos.captions import services, webvtt
from videos.models import Caption, ShareLink, Video

FORMER_PAGES = {
    "picture": "thumbnail",
    "captions": "subtitles",
    "chapters": "chapters",
    "sharing": "sharing",
}
DETAILS = {"title": "Film", "category": "other", "visibility": "private", "initial-visibility": "private"}


@pytest.fixture
def video(cast):
    return cast.video(visibility="private", duration=60.0)


@pytest.fixture
def page(cast):
    return cast.page("owner")


def address_of(video):
    return f"/studio/videos/{video.pk}"


def srt(text="Hi"):
    return SimpleUploadedFile("c.srt", f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode())


def track_fields(track, **changed):
    """Return what the page sends for an open track."""
    fields = {
        "language": track.language,
        "label": track.label,
        "kind": track.kind,
        "revision": track.revision,
    }
    text = webvtt.write([webvtt.Cue(*row) for row in track.cues])
    return {"track": track.pk} | {
        f"track-{track.pk}-{name}": value for name, value in ({**fields, "text": text} | changed).items()
    }


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("stranger", 404), ("anonymous", 302)])
def test_the_editor_is_its_owners_alone(cast, video, who, status):
    assert cast.page(who).get(address_of(video)).status_code == status
    assert cast.page(who).post(f"{address_of(video)}/visibility/preview", {}).status_code == status
    track = services.add_track(video, [webvtt.Cue(0.0, 1.0, "Hi")], language="en")
    panel = f"{address_of(video)}/captions/{track.pk}"
    assert cast.page(who).get(panel, HTTP_HX_REQUEST="true").status_code == status


@pytest.mark.parametrize(("part", "section"), FORMER_PAGES.items())
def test_former_pages_lead_to_their_sections(page, video, part, section):
    answer = page.get(f"{address_of(video)}/{part}?cursor=x")
    assert answer["Location"] == f"{address_of(video)}?cursor=x#{section}"


def test_chapters_are_edited_as_lines(page, video):
    url = address_of(video)
    sent = DETAILS | {"chapters": "0:00 Start\n\n0:30.5 <b>Middle</b>"}
    assert page.post(url, sent).status_code == 302
    shown = page.get(url).content.decode()
    assert "0:30.500 &lt;b&gt;Middle&lt;/b&gt;" in shown
    assert Video.objects.get(pk=video.pk).chapters[1]["start"] == 30.5
    refused = page.post(url, sent | {"chapters": "0:00 Start\nnonsense"})
    assert refused.status_code == 400
    assert "Line 2" in refused.content.decode()
    assert "nonsense" in refused.content.decode()
    assert page.post(url, sent | {"chapters": ""}).status_code == 302
    assert Video.objects.get(pk=video.pk).chapters_edited is False


def test_captions_are_added_edited_and_deleted(page, video):
    url = address_of(video)
    new = DETAILS | {"new-language": "en", "new-kind": "subtitles"}
    assert page.post(url, new | {"new-file": srt()}).status_code == 302
    track = Caption.objects.get()
    twice = page.post(url, new | {"new-file": srt()})
    assert twice.status_code == 400
    assert "already" in twice.content.decode()
    assert '<div class="help"' in twice.content.decode()
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello <i>you</i>\n"
    changed = DETAILS | track_fields(track, label="Mine", kind="captions", text=text)
    saved = page.post(url, changed)
    assert saved["Location"] == f"{url}?track={track.pk}"
    track.refresh_from_db()
    assert (track.label, track.cues) == ("Mine", [[1.0, 3.0, "Hello <i>you</i>"]])
    current = DETAILS | track_fields(track)
    assert page.post(url, current | {f"track-{track.pk}-text": "nothing"}).status_code == 400
    wrong = current | {f"track-{track.pk}-text": f"{text}\n00:0x.000 --> 00:04.000\nA typing error\n"}
    assert "1 cue has times that can&#x27;t be read" in page.post(url, wrong).content.decode()
    assert page.post(url, current | {f"track-{track.pk}-delete": "on"})["Location"] == url
    assert not Caption.objects.exists()


def test_the_page_shows_how_captions_were_read(page, video):
    url = address_of(video)
    form = page.get(url).content.decode()
    assert ".ass" in form
    assert "Cyrillic (KOI8-R)" in form
    assert '<option value="pt-BR">Portuguese (Brazil)</option>' in form
    text = "1\n00:00:01,000 --> 00:00:02,000\nПривет\n\n2\n00:00:0x,0 --> 1\nx\n"
    sent = DETAILS | {
        "new-language": "ru",
        "new-kind": "forced",
        "new-label": "Signs",
        "new-encoding": "koi8-r",
    }
    file = SimpleUploadedFile("c.srt", text.encode("koi8-r"))
    shown = page.post(url, sent | {"new-file": file}, follow=True).content.decode()
    assert "1 cue, read as SubRip, Cyrillic (KOI8-R)" in shown
    assert "be read and was left out" in shown
    assert "Forced" in shown
    refused = page.post(url, sent | {"new-file": SimpleUploadedFile("c.srt", b"no captions")})
    assert refused.status_code == 400
    assert "No cues found" in refused.content.decode()


def test_the_page_shows_what_processing_did(page, video):
    address = f"/studio/videos/{video.pk}"
    assert "Processing report" not in page.get(address).content.decode()
    Video.objects.filter(pk=video.pk).update(report=[{"code": "copied", "detail": "<Kept> as it is."}])
    assert "&lt;Kept&gt; as it is." in page.get(address).content.decode()


def image():
    out = io.BytesIO()
    Image.new("RGB", (320, 180), (9, 9, 200)).save(out, "PNG")
    return SimpleUploadedFile("p.png", out.getvalue())


def test_a_picture_is_sent_and_taken_back(page, video):
    url = address_of(video)
    assert page.post(url, DETAILS | {"thumbnail_file": image()}).status_code == 302
    assert Video.objects.get(pk=video.pk).poster
    broken = SimpleUploadedFile("p.png", b"no picture")
    for sent in (
        {"thumbnail_file": broken},
        {"thumbnail_at": "x"},
        {"thumbnail": "frame", "thumbnail_at": "2:00"},
        {"thumbnail": "image"},
        {"thumbnail": "9"},
    ):
        assert page.post(url, DETAILS | sent).status_code == 400, sent
    assert page.post(url, DETAILS | {"thumbnail": "1"}).status_code == 302
    assert Video.objects.get(pk=video.pk).poster == ""


def test_links_are_made_and_revoked(page, video):
    url = f"{address_of(video)}/sharing"
    assert page.post(url, {"label": "Ann", "expires_in": "3600", "max_views": "3"}).status_code == 302
    link = ShareLink.objects.get()
    assert (link.label, link.max_views) == ("Ann", 3)
    assert f"share={link.pk}." in page.get(address_of(video)).content.decode()
    refused = page.post(url, {"label": "Bob", "max_views": "none"})
    assert refused.status_code == 400
    assert 'value="Bob"' in refused.content.decode()
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
