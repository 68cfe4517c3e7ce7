"""The rules of the editor's one Save: checked first, merged by field, and named exactly."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from tests.support.forms import form_data
from videos import schedules, thumbnails
from videos import services as video_services
from videos.captions import services, webvtt
from videos.files import paths
from videos.models import Caption, Video
from videos.tests.test_studio_parts import address_of, image, srt, track_fields


@pytest.fixture
def video(cast):
    return cast.video(title="Film", visibility="private", duration=60.0)


@pytest.fixture
def page(cast):
    return cast.page("owner")


def shown(page, video):
    """Return what a browser sends when nothing was changed."""
    editor = page.get(address_of(video)).context["editor"]
    return form_data(editor.details) | form_data(editor.chapters) | {"shown": editor.shown_digests}


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_only_what_was_changed_is_saved_and_named(page, video):
    sent = shown(page, video)
    assert said(page.post(address_of(video), sent, follow=True)) == ["No changes to save."]
    assert Video.objects.get(pk=video.pk).version == video.version
    changed = sent | {"title": "Other", "tags": "a, b", "is_sensitive": "on"}
    assert said(page.post(address_of(video), changed, follow=True)) == ["Saved: Title, Tags, and Audience."]
    assert said(page.post(address_of(video), changed, follow=True)) == ["No changes to save."]


def test_nothing_is_written_when_one_part_is_refused(page, video):
    track = services.add_track(video, [webvtt.Cue(0.0, 1.0, "Hi")], language="en")
    sent = shown(page, video) | {
        "title": "Other",
        "thumbnail_file": image(),
        "new-file": srt(),
        "new-language": "de",
    }
    sent |= {"new-kind": "subtitles"} | track_fields(track, text="no cues")
    answer = page.post(address_of(video), sent)
    assert answer.status_code == 400
    now = Video.objects.get(pk=video.pk)
    assert (now.title, now.poster, now.version) == (video.title, "", video.version)
    assert Caption.objects.count() == 1


def test_a_refused_form_offers_its_files_again(page, video):
    sent = shown(page, video) | {"title": " ", "new-language": "de", "new-kind": "subtitles"}
    answer = page.post(
        address_of(video), sent | {"thumbnail_file": image(), "new-file": srt("<i>Hallo</i> & so")}
    )
    content = answer.content.decode()
    assert "We kept your image." in content
    assert "We read <bdi>c.srt</bdi>." in content
    editor = answer.context["editor"]
    again = sent | {
        "title": "Film 2",
        "thumbnail": "image",
        "thumbnail_token": editor.thumbnail.pending_token,
    }
    saved = page.post(address_of(video), again | {"new-text": editor.new_track.kept_text}, follow=True)
    assert said(saved) == ["Saved: Title and Thumbnail. Subtitles added."]
    assert Caption.objects.get().cues == [[1.0, 2.0, "<i>Hallo</i> &amp; so"]]
    assert Video.objects.get(pk=video.pk).poster == editor.thumbnail.pending


def test_a_kept_image_is_of_its_video_and_for_a_day(cast, page, video):
    other = cast.video(title="Another")
    token = thumbnails.pending_token(video, thumbnails.prepare_image(video, image()))
    assert thumbnails.pending_revision(video, token)
    assert thumbnails.pending_revision(other, token) is None
    assert thumbnails.pending_revision(video, f"{video.pk}.../../x:1:2") is None
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert thumbnails.pending_revision(video, token) is None
    refused = page.post(
        address_of(other), shown(page, other) | {"thumbnail": "image", "thumbnail_token": token}
    )
    assert refused.status_code == 400


def test_images_that_were_never_used_are_removed_after_a_day(video):
    used = thumbnails.prepare_image(video, image())
    thumbnails.use_prepared(video, used)
    left, fresh = thumbnails.prepare_image(video, image()), thumbnails.prepare_image(video, image())
    for revision in (used, left):
        path = paths.extras_dir(video.pk) / f"card-{revision}.webp"
        os.utime(path, (time.time() - 90_000,) * 2)
    thumbnails.prepare_image(video, image())
    there = {path.stem.partition("-")[2] for path in paths.extras_dir(video.pk).glob("card-*.webp")}
    assert {used, fresh} < there
    assert left not in there


def test_a_field_that_somebody_else_changed_is_kept_or_asked_about(page, video):
    sent = shown(page, video)
    Video.objects.filter(pk=video.pk).update(description="Theirs", title="Theirs")
    refused = page.post(address_of(video), sent | {"title": "Mine", "category": "music"})
    assert refused.status_code == 400
    assert "Someone changed this after you opened the page." in refused.content.decode()
    again = sent | {"title": "Mine", "category": "music", "shown": refused.context["editor"].shown_digests}
    assert said(page.post(address_of(video), again, follow=True)) == ["Saved: Title and Category."]
    now = Video.objects.get(pk=video.pk)
    assert (now.title, now.description, now.category) == ("Mine", "Theirs", "music")


@pytest.fixture
def meanwhile(video, monkeypatch):
    """Let somebody write to the video between the look at it and the first writes of a save."""

    def write(times, **values):
        update, left = video_services.update, [times]

        def after_another(*arguments, **options):
            if left[0]:
                left[0] -= 1
                Video.objects.filter(pk=video.pk).update(version=F("version") + 1, **values)
            return update(*arguments, **options)

        monkeypatch.setattr(video_services, "update", after_another)

    return write


def test_a_worker_that_writes_at_the_same_moment_refuses_no_save(page, video, meanwhile):
    sent = shown(page, video)
    meanwhile(2, generation="abcdefghijkl", description="Theirs")
    answer = page.post(address_of(video), sent | {"title": "Mine"}, follow=True)
    assert said(answer) == ["Saved: Title."]
    now = Video.objects.get(pk=video.pk)
    assert (now.title, now.description, now.generation) == ("Mine", "Theirs", "abcdefghijkl")


def test_a_field_that_is_changed_at_the_same_moment_is_asked_about(page, video, meanwhile):
    sent = shown(page, video)
    meanwhile(1, title="Theirs")
    refused = page.post(address_of(video), sent | {"title": "Mine"})
    assert refused.status_code == 400
    assert "Someone changed this after you opened the page." in refused.content.decode()
    assert Video.objects.get(pk=video.pk).title == "Theirs"


def test_a_video_that_never_stands_still_is_left_alone(page, video, meanwhile):
    sent = shown(page, video)
    meanwhile(100)
    refused = page.post(address_of(video), sent | {"title": "Mine"})
    assert refused.status_code == 400
    assert "Someone changed this in the meantime." in refused.content.decode()


@pytest.mark.parametrize(
    "text", ["", "x", "[]", '{"title": 5}', "[" * 3000, '{"title":"' + "x" * 9000 + '"}']
)
def test_a_damaged_memory_of_the_page_is_none(page, video, text):
    sent = shown(page, video) | {"shown": text, "title": "Other"}
    assert page.post(address_of(video), sent).status_code in {302, 400}


def test_subtitles_that_somebody_else_saved_are_asked_about(page, video):
    track = services.add_track(video, [webvtt.Cue(0.0, 1.0, "Hi")], language="en")
    sent = shown(page, video) | track_fields(track, text="00:00.000 --> 00:02.000\nMine")
    services.update_track(track, cues=[webvtt.Cue(0.0, 1.0, "Theirs")])
    refused = page.post(address_of(video), sent)
    assert "Someone saved these subtitles after you opened them." in refused.content.decode()
    assert Caption.objects.get().cues[0][2] == "Theirs"
    now = refused.context["editor"].tracks[0].track.revision
    page.post(address_of(video), sent | {f"track-{track.pk}-revision": now})
    assert Caption.objects.get().cues[0][2] == "Mine"


def test_subtitles_that_somebody_else_deleted_are_offered_again(page, video):
    track = services.add_track(video, [webvtt.Cue(0.0, 1.0, "Hi")], language="en")
    sent = shown(page, video) | track_fields(track, text="00:00.000 --> 00:02.000\nMine")
    services.delete_track(track)
    refused = page.post(address_of(video), sent)
    assert refused.status_code == 400
    assert "were deleted elsewhere" in refused.content.decode()
    assert "Mine" in refused.context["editor"].new_track.kept_text


def test_two_tracks_cannot_get_one_name_in_one_save(page, video):
    first, second = (
        services.add_track(video, [webvtt.Cue(0.0, 1.0, "Hi")], language=language)
        for language in ("en", "de")
    )
    fields = [track_fields(first), track_fields(second, language="en", label="English")]
    both = {
        "track": [first.pk, second.pk],
        **{k: v for one in fields for k, v in one.items() if k != "track"},
    }
    refused = page.post(address_of(video), shown(page, video) | both)
    assert "already has subtitles" in refused.content.decode()
    swapped = both | {f"track-{first.pk}-delete": "on"}
    assert page.post(address_of(video), shown(page, video) | swapped).status_code == 302
    assert Caption.objects.get().pk == second.pk


SENTENCES = [
    ("public", "Scheduled for {}."),
    ("unlisted", "Scheduled to become unlisted on {}."),
    ("private", "Scheduled to become private on {}."),
]


@pytest.mark.parametrize(("visibility", "sentence"), SENTENCES)
def test_panel_table_toast_and_preview_say_the_same_of_a_schedule(cast, page, video, visibility, sentence):
    User.objects.filter(pk=cast.owner.pk).update(preferences={"time_zone": "Asia/Tokyo"})
    at = datetime.now(UTC).replace(hour=14, minute=59, second=0, microsecond=0) + timedelta(days=2)
    sent = shown(page, video) | {"publish_at": f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M}"}
    sent |= {"publish_visibility": visibility}
    said_at = f"{at + timedelta(hours=9):%b} {(at + timedelta(hours=9)).day}, {at:%Y}, 11:59 PM, your time"
    preview = page.post(f"{address_of(video)}/visibility/preview", sent).content.decode()
    saved = page.post(address_of(video), sent, follow=True)
    with timezone.override("Asia/Tokyo"):
        written = str(schedules.schedule_sentence(at, visibility))
    assert f">{said_at}</time>" in written
    assert written.startswith(sentence.partition("{}")[0])
    assert said(saved)[0] == f"Saved: Schedule. {written}"
    for content in (preview, saved.content.decode(), page.get("/studio/videos").content.decode()):
        assert written in content


def test_the_preview_says_who_can_watch_and_what_is_wrong(page, video):
    url, sent = f"{address_of(video)}/visibility/preview", shown(page, video)
    assert "Only you can watch this video." in page.post(url, sent).content.decode()
    assert "Everyone can find" in page.post(url, sent | {"visibility": "public"}).content.decode()
    past = page.post(url, sent | {"publish_at": "2001-01-01T00:00"}).content.decode()
    assert "Choose a time within the next two years." in past
    assert page.post(url, {"visibility": "nonsense"}).status_code == 200
    video.refresh_from_db()
    assert (video.visibility, video.publish_at) == ("private", None)


def test_a_track_opens_alone_and_with_the_page(page, video):
    track = services.add_track(video, [webvtt.Cue(0.0, 1.0, "<i>Hi</i> & you")], language="en")
    panel = f"{address_of(video)}/captions/{track.pk}"
    alone = page.get(panel, HTTP_HX_REQUEST="true").content.decode()
    assert "&lt;i&gt;Hi&lt;/i&gt;" in alone
    assert "<html" not in alone
    answer = page.get(panel)
    assert answer["Location"] == f"{address_of(video)}?track={track.pk}#subtitles"
    assert "&lt;i&gt;Hi&lt;/i&gt;" in page.get(answer["Location"]).content.decode()
    assert page.get(f"{address_of(video)}/captions/none").status_code == 404
    assert page.get(f"{address_of(video)}?track=none").status_code == 200


def test_a_hostile_file_name_is_text(page, video):
    file = SimpleUploadedFile("<b>x.srt", srt().read())
    sent = shown(page, video) | {
        "title": " ",
        "new-language": "de",
        "new-kind": "subtitles",
        "new-file": file,
    }
    assert "<bdi><b>" not in page.post(address_of(video), sent).content.decode()
