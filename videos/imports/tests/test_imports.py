"""Imports by address: files and streams become videos, and what must not be fetched is not."""

import socket
import threading
from pathlib import Path

import pytest

from playlists.models import PlaylistItem
from streamsite.outbound_hosts import parse_private_host
from streamsite.tasks.errors import RetryLater
from tests.support.clips import make_clip, run_generator
from tests.support.file_server import FileServer
from videos.files import paths
from videos.imports import fetching, upload_writer
from videos.models import AddressImport, Status, Upload, Video

API = "/api/v1/imports"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "films"
    made.mkdir()
    return made


@pytest.fixture
def server(folder, settings):
    made = FileServer(folder)
    settings.IMPORTS_ENABLED = True
    settings.OUTBOUND_PRIVATE_HOSTS = (parse_private_host(made.host),)
    yield made
    made.stop()


def ask(cast, url, who="owner", **fields):
    return cast.api(who).post(API, {"url": url, **fields}, format="json")


def begin(cast, url, **fields):
    answer = ask(cast, url, **fields)
    assert answer.status_code == 202, answer.content
    return answer.json()


def fetch(row):
    queued = []
    fetching.run(row["id"], enqueue=queued.append)
    return queued


def state(cast, row):
    return cast.api("owner").get(f"{API}/{row['id']}").json()


def failure(cast, row):
    found = state(cast, row)
    assert found["status"] == "failed"
    assert found["failure"]["detail"]
    assert found["video_id"] is None
    assert not Video.objects.filter(pk=row["video_id"]).exists()
    assert not Upload.objects.filter(pk=AddressImport.objects.get(pk=row["id"]).upload_id).exists()
    return found["failure"]["code"]


def source(row):
    return paths.source_path(row["video_id"]).read_bytes()


def test_a_file_becomes_a_video(cast, server, folder, clip):
    (folder / "My first film.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/My%20first%20film.mp4", visibility="unlisted")
    assert (row["status"], row["progress"], row["total_bytes"]) == ("queued", 0.0, None)
    draft = Video.objects.get(pk=row["video_id"])
    assert (draft.title, draft.visibility, draft.status) == ("My first film", "unlisted", Status.UPLOADING)
    (queued,) = fetch(row)
    assert queued.pk == row["video_id"]
    assert source(row) == clip.read_bytes()
    ended = state(cast, row)
    assert (ended["status"], ended["progress"]) == ("ready", 1.0)
    assert ended["received_bytes"] == ended["total_bytes"] == len(clip.read_bytes())
    assert Video.objects.get(pk=row["video_id"]).status == Status.QUEUED
    assert fetch(row) == []


def test_it_is_private_without_another_word_and_may_have_a_title(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    video = Video.objects.get(pk=begin(cast, f"{server.url}/a.mp4", title="Harbor")["video_id"])
    assert (video.title, video.visibility) == ("Harbor", "private")


def test_it_is_added_to_a_playlist(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    owner = cast.api("owner")
    made = owner.post("/api/v1/playlists", {"title": "Films"}, format="json").json()
    row = begin(cast, f"{server.url}/a.mp4", playlist_id=made["id"])
    fetch(row)
    assert PlaylistItem.objects.get(playlist=made["id"]).video_id == row["video_id"]


def test_a_playlist_of_somebody_else_is_refused(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    made = cast.api("stranger").post("/api/v1/playlists", {"title": "Films"}, format="json").json()
    answer = ask(cast, f"{server.url}/a.mp4", playlist_id=made["id"])
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["playlist_id"]
    assert not Upload.objects.exists()


STREAMS = {
    "transport stream": ["-f", "hls", "-hls_time", "1"],
    "fragments": ["-f", "hls", "-hls_time", "1", "-hls_segment_type", "fmp4"],
    "one file": ["-f", "hls", "-hls_time", "1", "-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
}


@pytest.mark.parametrize("kind", STREAMS)
def test_a_stream_becomes_a_video(cast, server, folder, clip, kind):
    playlist = folder / "index.m3u8"
    run_generator(
        ["-i", str(clip), "-c", "copy", *STREAMS[kind], "-hls_playlist_type", "vod", str(playlist)], playlist
    )
    (folder / "master.m3u8").write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100\nindex.m3u8\n")
    row = begin(cast, f"{server.url}/master.m3u8", title="Stream")
    assert fetch(row)
    assert seconds_of(paths.source_path(row["video_id"])) == pytest.approx(3, abs=0.2)


def test_pictures_and_sound_that_are_apart_are_put_together(cast, server, folder, clip):
    for name, kept in (("pictures", "0:v"), ("sound", "0:a")):
        (folder / name).mkdir()
        playlist = folder / name / "index.m3u8"
        args = [
            "-i",
            str(clip),
            "-map",
            kept,
            "-c",
            "copy",
            *STREAMS["fragments"],
            "-hls_playlist_type",
            "vod",
        ]
        run_generator([*args, str(playlist)], playlist)
    (folder / "master.m3u8").write_text(
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",DEFAULT=YES,URI="sound/index.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=100,AUDIO="a"\npictures/index.m3u8\n'
    )
    row = begin(cast, f"{server.url}/master.m3u8", title="Both")
    assert fetch(row)
    path = paths.source_path(row["video_id"])
    assert seconds_of(path) == pytest.approx(3, abs=0.2)
    assert kinds_of(path) == {"video", "audio"}
    assert not paths.attempt_dir(row["video_id"], fetching.ATTEMPT).exists()


def probed(path):
    from videos.transcoding.probe import probe

    return probe(Path(path))


def seconds_of(path):
    return probed(path).duration


def kinds_of(path):
    info = probed(path)
    return {"video"} | ({"audio"} if info.audio else set())


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<!doctype html><p>A player</p>", "not_media"),
        ("empty.mp4", b"", "not_media"),
        ("live.m3u8", b"#EXTM3U\n#EXTINF:4,\n1.ts\n", "live_stream"),
        ("locked.m3u8", b'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n', "encrypted"),
        ("inner.m3u8", b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", "url_refused"),
        ("local.m3u8", b"#EXTM3U\n#EXTINF:4,\nhttp://169.254.169.254/x.ts\n#EXT-X-ENDLIST\n", "url_refused"),
        ("text.m3u8", b"#EXTM3U\n#EXTINF:4,\npage.html\n#EXT-X-ENDLIST\n", "not_found"),
    ],
)  # fmt: skip
def test_what_is_no_recording_says_why(cast, server, folder, name, content, code):
    (folder / name).write_bytes(content)
    row = begin(cast, f"{server.url}/{name}")
    assert fetch(row) == []
    assert failure(cast, row) == code


def test_a_missing_file_says_so(cast, server):
    row = begin(cast, f"{server.url}/none.mp4")
    fetch(row)
    assert failure(cast, row) == "not_found"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/a.mp4", "http://[::1]/a.mp4", "http://0x7f.1/a.mp4", "http://2130706433/a.mp4"),
        *("http://169.254.169.254/latest", "http://localhost/a.mp4", "http://[::ffff:127.0.0.1]/a.mp4"),
        *("file:///etc/passwd", "gopher://127.0.0.1:70/x", "ftp://example.org/a.mp4", "//example.org/a.mp4"),
        *("http://user:pw@example.org/a.mp4", "http://nobody.invalid/a.mp4", "https://example.org:22/a.mp4"),
    ],
)  # fmt: skip
def test_addresses_that_are_not_fetched_are_refused(cast, server, settings, url):
    answer = ask(cast, url)
    assert (answer.status_code, answer.json()["code"]) == (400, "url_refused")
    assert not AddressImport.objects.exists()
    assert not Video.objects.exists()


def test_a_name_that_changes_its_address_later_is_refused_by_the_worker(cast, server, monkeypatch):
    """The second look-up, which is the one that is connected to, finds another address than the first."""
    answers = ["93.184.215.14", "127.0.0.1"]
    really = socket.getaddrinfo

    def look_up(host, port, *args, **options):
        if host != "rebinding.example":
            return really(host, port, *args, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    row = begin(cast, f"http://rebinding.example:{80}/a.mp4")
    fetch(row)
    assert failure(cast, row) == "url_refused"
    assert server.requests == []


def test_a_server_that_fails_is_tried_again(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")

    def hang_up(sent):
        raise ConnectionResetError

    server.pause = hang_up
    for _ in range(fetching.MAX_TRIES - 1):
        with pytest.raises(RetryLater):
            fetch(row)
        assert state(cast, row)["status"] == "running"
    server.pause = lambda sent: None
    assert fetch(row)
    assert source(row) == clip.read_bytes()


def test_a_server_that_keeps_failing_ends_it(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    server.stop()
    for _ in range(fetching.MAX_TRIES - 1):
        with pytest.raises(RetryLater):
            fetch(row)
    fetch(row)
    assert failure(cast, row) == "unreachable"


def test_a_server_that_says_nothing_is_left(cast, server, folder, clip, monkeypatch):
    monkeypatch.setattr(fetching, "IDLE_SECONDS", 0.2)
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    hold = threading.Event()
    server.pause = lambda sent: hold.wait(20)
    try:
        with pytest.raises(RetryLater):
            fetch(row)
    finally:
        hold.set()


def test_a_server_that_drips_is_left(cast, server, folder, clip, monkeypatch):
    monkeypatch.setattr(fetching, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(fetching, "MIN_RATE", 10**12)
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    with pytest.raises(RetryLater):
        fetch(row)


def test_all_segments_share_the_time(cast, server, folder, settings, clip):
    settings.IMPORT_SECONDS = 0
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    with pytest.raises(RetryLater):
        fetch(row)
    assert server.requests == []


def test_a_file_that_is_too_large_is_not_kept(cast, server, folder, settings, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    settings.MAX_UPLOAD_BYTES = 1_000
    fetch(row)
    assert failure(cast, row) == "too_large"


def test_the_quota_holds_while_it_grows(cast, server, folder, monkeypatch, clip):
    monkeypatch.setattr(upload_writer, "FLUSH_BYTES", 10_000)
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    cast.owner.quota_bytes = 20_000
    cast.owner.save()
    fetch(row)
    assert failure(cast, row) == "too_large"


def test_canceling_stops_the_download_and_removes_the_draft(cast, server, folder, clip, monkeypatch):
    monkeypatch.setattr(upload_writer, "FLUSH_BYTES", 10_000)
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    answers = []

    def cancel(sent):
        if not answers:
            answers.append(cast.api("owner").delete(f"{API}/{row['id']}").status_code)

    server.pause = cancel
    assert fetch(row) == []
    assert answers == [204]
    assert cast.api("owner").get(f"{API}/{row['id']}").status_code == 404
    assert not Video.objects.exists()
    assert not Upload.objects.exists()


def test_a_draft_that_its_owner_deletes_ends_the_import(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    assert cast.api("owner").delete(f"/api/v1/videos/{row['video_id']}").status_code == 204
    assert fetch(row) == []
    assert failure(cast, row) == "deleted"


def test_removing_one_that_is_ready_keeps_the_video(cast, server, folder, clip):
    (folder / "a.mp4").write_bytes(clip.read_bytes())
    row = begin(cast, f"{server.url}/a.mp4")
    fetch(row)
    assert cast.api("owner").delete(f"{API}/{row['id']}").status_code == 204
    assert Video.objects.filter(pk=row["video_id"]).exists()


def test_a_worker_that_is_killed_each_time_does_not_begin_for_ever(cast, server):
    row = begin(cast, f"{server.url}/a.mp4")
    AddressImport.objects.filter(pk=row["id"]).update(tries=fetching.MAX_TRIES)
    fetch(row)
    assert failure(cast, row) == "internal"
    assert server.requests == []


def test_imports_are_their_owners_alone(cast, server):
    row = begin(cast, f"{server.url}/a.mp4")
    for method in ("get", "delete"):
        assert getattr(cast.api("stranger"), method)(f"{API}/{row['id']}").status_code == 404
    assert cast.api("stranger").get(API).json()["results"] == []
    assert [found["id"] for found in cast.api("owner").get(API).json()["results"]] == [row["id"]]


def test_only_so_many_wait_at_once(cast, server, settings):
    settings.MAX_OPEN_IMPORTS_PER_USER = 1
    begin(cast, f"{server.url}/a.mp4")
    answer = ask(cast, f"{server.url}/b.mp4")
    assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")
    assert Video.objects.count() == 1


def test_the_same_request_again_is_the_same_import(cast, server):
    sent = {"url": f"{server.url}/a.mp4"}
    first, second = (
        cast.api("owner").post(API, sent, format="json", headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first.json()["id"] == second.json()["id"]
    assert AddressImport.objects.count() == 1


def test_it_is_absent_where_it_is_turned_off(cast, server, settings):
    settings.IMPORTS_ENABLED = False
    assert ask(cast, f"{server.url}/a.mp4").status_code == 404
    assert cast.api("owner").get(API).status_code == 404


def test_visitors_may_not_import(cast, server):
    assert cast.api("anonymous").post(API, {"url": server.url}, format="json").status_code == 401


def test_an_account_that_may_not_upload_may_not_import(cast, server, settings):
    settings.UPLOADS = "staff"
    assert ask(cast, f"{server.url}/a.mp4").status_code == 403
    assert not Video.objects.exists()


def test_sound_alone_is_fetched_too(cast, server, folder):
    make_clip(folder / "a.m4a", 1, video=False)
    row = begin(cast, f"{server.url}/a.m4a")
    assert fetch(row)
