"""Imports from Google Takeout, PeerTube, and folders of yt-dlp: what comes over, and what is told about the rest."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from playlists.models import PlaylistItem
from takeout.tests import archives
from takeout.tests.test_round_trip import clip, picture, rows, send  # noqa: F401 - a fixture
from videos.captions import services as captions
from videos.files import paths
from videos.models import Comment, Reaction, Video, Watch

pytestmark = pytest.mark.usefixtures("database")
FOLDERS = ("Takeout/YouTube and YouTube Music", "Takeout/YouTube und YouTube Music", "Archive/YouTube")


@pytest.mark.parametrize("folder", FOLDERS)
def test_google_takeout_comes_over_as_far_as_it_can(cast, clip, folder):  # noqa: F811
    found = send(cast, archives.google(clip, folder), source="google")
    assert found["status"] == "done", found
    video = Video.objects.get(channel=cast.owner)
    assert (video.title, video.description, video.visibility) == ("My film: part 1", "About it", "public")
    assert video.originally_published_on.isoformat() == "2020-01-02"
    assert paths.source_path(video.pk).read_bytes() == clip
    items = PlaylistItem.objects.filter(playlist__owner=cast.owner).select_related("playlist")
    assert sorted((one.playlist.title, one.video_id, one.added_at.year) for one in items) == [
        ("Best of", video.pk, 2022),
        ("Watch later", video.pk, 2022),
    ]
    assert [row.watched_at.isoformat()[:10] for row in Watch.objects.filter(user=cast.owner)] == [
        "2022-04-25"
    ]
    assert [row.text for row in Comment.objects.filter(author=cast.owner)] == ["My own words"]
    told = {(row["kind"], row["state"], row["title"] or row["ref"], row["url"]) for row in rows(cast, found)}
    watch = "https://www.youtube.com/watch?v="
    assert told == {
        ("videos", "missing", "In another part", f"{watch}BBBBBBBBBBB"),
        ("subscriptions", "missing", "Somebody", "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv"),
        ("playlists", "missing", "Best of", f"{watch}zzzzzzzzzzz"),
        ("history", "missing", "Another", f"{watch}zzzzzzzzzzz"),
        ("comments", "missing", "On another", f"{watch}zzzzzzzzzzz"),
    }
    again = send(cast, archives.google(clip, folder), source="google")
    assert sum(counts["new"] for counts in again["report"].values()) == 0
    assert Video.objects.count() == 1


def test_google_s_history_as_a_page_and_tables_in_german(cast, clip):  # noqa: F811
    page = (
        '<div class="content-cell">Watched\u00a0<a href="https://www.youtube.com/watch?v=AAAAAAAAAAA">Mein Film</a>'
        "<br>Me<br>Apr 25, 2022, 6:09:04\u202fPM UTC<br></div>"
        '<div class="content-cell">Watched <a href="https://www.youtube.com/watch?v=zzzzzzzzzzz">X</a></div>'
    )
    table = (
        "Video-ID,Ungefähre Dauer (ms),Videotitel (Original),Datenschutz\n"
        "AAAAAAAAAAA,1000,Mein Film,Nicht gelistet\n"
    )
    archive = archives.zipped(
        {
            "Takeout/YouTube/Verlauf/Wiedergabeverlauf.html": page,
            "Takeout/YouTube/Videometadaten/Videos.csv": table,
            "Takeout/YouTube/Videos/Mein Film.mp4": clip,
        }
    )
    found = send(cast, archive, source="google")
    video = Video.objects.get(channel=cast.owner)
    assert (video.title, video.visibility) == ("Mein Film", "unlisted")
    (entry,) = Watch.objects.filter(user=cast.owner)
    assert entry.watched_at.isoformat() == "2022-04-25T18:09:04+00:00"
    assert found["report"]["history"]["missing"] == 1


def test_peertube_comes_over_as_far_as_it_can(cast, clip):  # noqa: F811
    archive = archives.peertube(clip, picture().getvalue())
    dry = send(cast, archive, source="peertube", dry_run="true")
    assert Video.objects.count() == 0
    found = send(cast, archive, source="peertube")
    assert found["status"] == "done", found
    video = Video.objects.get(channel=cast.owner)
    assert (video.title, video.language, video.category, video.license) == (
        "From PeerTube",
        "fr",
        "science",
        "cc-by",
    )
    assert video.tags == ["ants"]
    assert [chapter["title"] for chapter in video.chapters] == ["A", "B"]
    assert len(video.poster) > 1
    assert video.view_count == 0  # nobody watched it here
    assert [track.language for track in captions.list_tracks(video.pk)] == ["fr"]
    assert Reaction.objects.get(user=cast.owner).video_id == video.pk
    assert Watch.objects.get(user=cast.owner).position == 7
    comments = {row.text: row for row in Comment.objects.filter(author=cast.owner)}
    assert comments["Answer"].parent == comments["First"].pk
    assert type(cast.owner).objects.get(pk=cast.owner.pk).bio == "I am"
    told = {(row["kind"], row["code"], row["title"] or row["ref"]) for row in rows(cast, found)}
    assert ("videos", "live", "Live") in told
    assert ("subscriptions", "not_here", "a@b.example") in told
    assert ("playlists", "not_here", "P") in told
    assert {kind: counts["new"] for kind, counts in dry["report"].items()} == {
        kind: counts["new"] for kind, counts in found["report"].items()
    }


def folder_of(tmp_path, clip):  # noqa: F811
    root = tmp_path / "films"
    (root / "sub").mkdir(parents=True)
    (root / "A film [x1].mp4").write_bytes(clip)
    info = {
        "id": "x1",
        "extractor_key": "Vimeo",
        "title": "A film",
        "description": "Text",
        "tags": ["a"],
        "upload_date": "20190305",
        "webpage_url": "https://vimeo.com/1",
        "availability": "public",
        "chapters": [{"start_time": 0, "end_time": 0.5, "title": "One"}, {"start_time": 0.5, "title": "Two"}],
    }
    (root / "A film [x1].info.json").write_text(json.dumps(info))
    (root / "A film [x1].en.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:00.900\nHello\n")
    (root / "A film [x1].jpg").write_bytes(picture().getvalue())
    (root / "sub" / "Plain.mp4").write_bytes(clip + b"\0")
    return root


def run(*arguments):
    out = io.StringIO()
    call_command("import_folder", *arguments, stdout=out)
    return out.getvalue()


def test_a_folder_of_yt_dlp_comes_over_by_the_command_once(cast, clip, tmp_path):  # noqa: F811
    root = folder_of(tmp_path, clip)
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(clip)
    (root / "link.mp4").symlink_to(secret)
    assert cast.owner.pk
    dry = run(str(root), "--owner", "owner", "--dry-run")
    assert "videos: 2 new" in dry
    assert "link.mp4" in dry
    assert Video.objects.count() == 0
    run(str(root), "--owner", "@Owner")
    first, plain = Video.objects.filter(channel=cast.owner).order_by("title")
    assert (first.title, first.visibility, first.tags) == ("A film", "private", ["a"])
    assert first.originally_published_on.isoformat() == "2019-03-05"
    assert [chapter["title"] for chapter in first.chapters] == ["One", "Two"]
    assert len(first.poster) > 1
    assert [track.language for track in captions.list_tracks(first.pk)] == ["en"]
    assert plain.title == "Plain"
    run(str(root), "--owner", "owner")
    assert Video.objects.count() == 2
    assert (root / "A film [x1].mp4").is_file()


def test_the_command_says_what_is_wrong(cast, tmp_path):
    assert cast.owner.pk
    for arguments, code in ((("/nowhere", "--owner", "owner"), 2), ((str(tmp_path), "--owner", "nobody"), 2)):
        with pytest.raises(CommandError) as ended:
            run(*arguments)
        assert ended.value.returncode == code
    with pytest.raises(CommandError, match="isn't from the selected source"):
        run(str(tmp_path), "--owner", "owner")


def test_the_same_folder_comes_over_as_a_zip_file(cast, clip, tmp_path):  # noqa: F811
    root = folder_of(tmp_path, clip)
    entries = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }
    found = send(cast, archives.zipped(entries), source="folder")
    assert found["report"]["videos"]["new"] == 2
    assert Video.objects.filter(channel=cast.owner, visibility="private").count() == 2
