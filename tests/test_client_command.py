"""The command ``streamsite`` of ``clients/python``, as a process, against a running site."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import av
import pyotp
import pytest
from streamsite_client import Client

from tests.client_programs import Command, wait_for
from tests.support.clips import make_clip
from tests.support.flaky_proxy import FlakyProxy, Mode
from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import ROOT, Stack, free_port
from videos.transcoding.ffmpeg import ffmpeg_binary

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
INFO = {
    "title": "From elsewhere\x1b[31m",
    "description": "About it.\n\nMore.",
    "upload_date": "20140303",
    "tags": ["one", "two", "x" * 100],
    "categories": ["Music"],
    "language": "en-US",
    "license": "Creative Commons Attribution license (reuse allowed)",
    "age_limit": 18,
    "chapters": [{"start_time": 0, "title": "Start"}, {"start_time": 3, "title": "End"}],
    "filename": "/etc/passwd",
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "my film.mp4", 6, (320, 180), 15)


@pytest.fixture(scope="module")
def ann(site: Stack, tmp_path_factory: pytest.TempPathFactory) -> Command:
    Caller(site).sign_up("co-ann")
    command = Command(site, tmp_path_factory.mktemp("ann"))
    command.sign_in("co-ann")
    return command


@pytest.fixture(scope="module")
def eye(site: Stack) -> Client:
    """Somebody who looks at what the command did."""
    client = Client(site.url)
    client.account.sign_in("co-ann", PASSWORD)
    return client


@pytest.fixture
def folder(tmp_path: Path, clip: Path) -> Path:
    """A folder as yt-dlp leaves it, with traps."""
    folder = tmp_path / "videos"
    (folder / "sub").mkdir(parents=True)
    (folder / "Film [abc].mp4").write_bytes(clip.read_bytes())
    (folder / "Film [abc].info.json").write_text(json.dumps(INFO))
    (folder / "Film [abc].en.vtt").write_text(VTT)
    (folder / "Film [abc].jpg").write_bytes(frame(clip))
    (folder / "sub" / "second.mp4").write_bytes(clip.read_bytes() + b"\0" * 8)
    (folder / "sub" / "second.info.json").write_text("[" * 100_000)
    (folder / "trap.mp4").symlink_to("/etc/hostname")
    (folder / "sub" / "second.de.vtt").symlink_to("/etc/hostname")
    (folder / "half.f137.mp4").write_bytes(b"half")
    os.mkfifo(folder / "Film [abc].fr.vtt")
    return folder


def frame(clip: Path) -> bytes:
    image = clip.with_name("frame.jpg")
    if not image.exists():
        with av.open(str(clip)) as container:
            next(container.decode(video=0)).to_image().save(image)
    return image.read_bytes()


def credentials(command: Command) -> Path:
    return command.home / ".config" / "streamsite" / "credentials.json"


# --- accounts ---


def test_signing_in_with_a_password_and_out_again(site, tmp_path):
    Caller(site).sign_up("co-bob")
    bob = Command(site, tmp_path)
    early = bob.run("whoami")
    assert (early.returncode, early.stdout) == (4, "")
    assert "streamsite login" in early.stderr
    wrong = bob.run("login", site.url, "--username", "co-bob", "--password-stdin", stdin="wrong password\n")
    assert wrong.returncode == 4
    assert "invalid_credentials" in wrong.stderr
    bob.sign_in("co-bob")
    kept = json.loads(credentials(bob).read_text())
    assert stat.S_IMODE(credentials(bob).stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials(bob).parent.stat().st_mode) == 0o700
    assert PASSWORD not in credentials(bob).read_text()
    assert bob.json("whoami") == {"site": site.url, "username": "co-bob", "full_name": ""}
    refresh = kept["sites"][site.url]["refresh"]
    assert bob.run("logout", STREAMSITE_TOKEN="sst_of_another_account").returncode == 0
    assert refresh not in credentials(bob).read_text()
    status, answer = Caller(site).json("POST", "/api/v1/auth/token/refresh", {"refresh": refresh})
    assert (status, answer["code"]) == (401, "session_revoked")
    assert bob.run("whoami").returncode == 4


def test_signing_in_with_a_second_factor(site, tmp_path):
    caller = Caller(site).sign_up("co-otp")
    secret = caller.json("POST", "/api/v1/auth/totp/setup", {})[1]["secret"]
    codes = caller.json("POST", "/api/v1/auth/totp/enable", {"otp": pyotp.TOTP(secret).now()})[1]
    words = ("login", site.url, "--username", "co-otp", "--password-stdin")
    command = Command(site, tmp_path)
    without = command.run(*words, stdin=f"{PASSWORD}\n")
    assert without.returncode == 4
    assert "otp_required" in without.stderr
    both = command.run(*words, stdin=f"{PASSWORD}\n{codes['recovery_codes'][0]}\n")
    assert both.returncode == 0, both.stderr


def test_at_a_terminal_the_password_is_asked_for_and_not_shown(site, ann, tmp_path):
    command = Command(site, tmp_path)
    master, terminal = pty.openpty()
    how = {"stdin": terminal, "stdout": terminal, "stderr": terminal, "start_new_session": True}
    script = (
        "import os, fcntl, termios, sys\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "os.execvp(sys.argv[1], sys.argv[1:])"
    )
    arguments = ["python3", "-c", script, *command.arguments("login", site.url, "--username", "co-ann")]
    process = subprocess.Popen(arguments, env=command.environment, **how)
    os.close(terminal)
    shown = ""
    while "Password: " not in shown:
        shown += os.read(master, 1000).decode()
    os.write(master, f"{PASSWORD}\n".encode())
    try:
        while part := os.read(master, 1000):
            shown += part.decode()
    except OSError:  # the terminal's other end is closed
        pass
    os.close(master)
    assert process.wait(timeout=60) == 0
    assert "Signed in" in shown
    assert PASSWORD not in shown


def test_an_api_token_from_standard_input_or_the_environment(site, eye, tmp_path):
    token = eye.account.create_api_token("command", ["read"])["token"]
    command = Command(site, tmp_path)
    assert command.run("whoami", "--site", site.url, STREAMSITE_TOKEN=token).stdout.startswith("co-ann on ")
    done = command.run("login", site.url, "--with-token", stdin=f"{token}\n")
    assert done.returncode == 0, done.stderr
    assert token not in done.stdout + done.stderr
    assert command.json("whoami")["username"] == "co-ann"
    refused = command.run("ls", "--site", site.url, STREAMSITE_TOKEN="sst_nonsense")
    assert refused.returncode == 4
    assert "sst_nonsense" not in refused.stdout + refused.stderr


def test_exit_codes_and_clear_errors(site, ann, tmp_path):
    assert ann.run().returncode == 2
    assert ann.run("login", "http://video.example.org", "--with-token", stdin="x\n").returncode != 0
    closed = ann.run("login", f"http://localhost:{free_port()}", "--with-token", stdin="x\n")
    assert closed.returncode == 3
    assert "cannot be reached" in closed.stderr
    absent = ann.run("download", "00000000000")
    assert absent.returncode == 5
    assert "not_found, request " in absent.stderr
    assert ann.run("upload", str(tmp_path / "missing.mp4")).returncode == 1
    assert ann.run("import", str(tmp_path / "missing")).returncode == 2
    wrong = ann.run("watch-folder", str(tmp_path), "--every", "-1")
    assert wrong.returncode == 2
    assert "is not a number of seconds" in wrong.stderr
    for done in (closed, absent):
        assert "Traceback" not in done.stderr


# --- files ---


def test_uploading_listing_and_downloading(ann, eye, clip, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes() + b"\0" * 4)
    first, second, missing = json.loads(
        ann.run(
            "upload", str(clip), str(other), "gone.mp4", "--playlist", "New list", "--wait", "--json"
        ).stdout
    )
    assert (first["status"], second["status"]) == ("ready", "ready")
    assert (missing["status"], missing["error"]) == ("failed", "gone.mp4: No such file or directory")
    (playlist,) = [row for row in ann.json("ls", "--playlists") if row["title"] == "New list"]
    listed = [row["id"] for row in ann.json("ls", "--playlist", playlist["id"])]
    assert listed == [first["video_id"], second["video_id"]]
    assert first["video_id"] in ann.run("ls").stdout
    refused = ann.run("download", first["video_id"])
    assert refused.returncode == 1
    assert "no file for download" in refused.stderr
    eye.videos.update(first["video_id"], allow_download=True, title="../../a/b\x1b]0;evil\x07 : é")
    wait_for(lambda: eye.videos.get(first["video_id"])["download_url"])
    got = ann.json("download", first["video_id"], "-o", str(tmp_path))
    path = Path(got["file"])
    assert path.parent == tmp_path
    with av.open(str(path)) as container:
        assert abs((container.duration or 0) / 1_000_000 - 6) < 0.5
    again = ann.run("download", first["video_id"], "-o", str(tmp_path))
    assert again.returncode == 2
    assert "\x1b" not in ann.run("ls").stdout


def test_an_interrupted_upload_is_continued(site, ann, eye, tmp_path):
    film = tmp_path / "long.mp4"
    film.write_bytes(os.urandom(20 * 1024 * 1024))
    before = {row["id"] for row in eye.videos.mine()}
    proxy = FlakyProxy(site.port, seconds=0.2)
    shaky = Command(site, tmp_path / "home")
    shaky.home.mkdir()
    shaky.site = type("Address", (), {"url": f"http://localhost:{proxy.port}"})()
    shaky.sign_in("co-ann")
    proxy.mode = Mode.DELAY
    process = shaky.start("upload", str(film))
    wait_for(lambda: {row["id"] for row in eye.videos.mine()} - before)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "continue" in stderr
    proxy.mode = Mode.PASS
    (done,) = shaky.json("upload", str(film))
    proxy.stop()
    assert {row["id"] for row in eye.videos.mine()} - before == {done["video_id"]}


def test_a_folder_is_imported_once(site, ann, eye, folder):
    before = {row["id"] for row in eye.videos.mine()}
    words = ("import", str(folder), "--visibility", "unlisted", "--playlist", "Imported")
    planned = ann.json(*words, "--dry-run")
    assert {row["file"]: row["outcome"] for row in planned["files"]} == {
        "Film [abc].mp4": "planned",
        "sub/second.mp4": "planned",
    }
    assert {row["id"] for row in eye.videos.mine()} == before, "nothing was done"
    done = ann.json(*words)
    film, second = done["files"]
    assert film["steps"] == [
        "upload",
        "details",
        "captions:Film [abc].en.vtt",
        "thumbnail",
        "playlist:Imported",
    ]
    assert film["left_out"] == ["Film [abc].fr.vtt: not a regular file", "tags: 2 of 3"]
    assert done["left_out"] == ["trap.mp4: not a regular file"]
    assert second["left_out"] == ["second.de.vtt: not a regular file", "second.info.json: cannot be read"]
    video = eye.videos.wait(film["video_id"], poll_seconds=0.2)
    assert (video["title"], video["description"]) == ("From elsewhere[31m", "About it.\n\nMore.")
    assert (video["originally_published_on"], video["category"], video["language"]) == (
        "2014-03-03",
        "music",
        "en",
    )
    assert (video["license"], video["tags"], video["visibility"]) == ("cc-by", ["one", "two"], "unlisted")
    assert [row["title"] for row in video["chapters"]] == ["Start", "End"]
    assert [row["language"] for row in video["captions"]] == ["en"]
    assert video["is_sensitive"]

    again = ann.json(*words)
    assert [row["outcome"] for row in again["files"]] == ["unchanged", "unchanged"]
    (folder / "sub" / "second.mp4").rename(folder / "renamed.mp4")
    (folder / "renamed.fr.vtt").write_text(VTT)
    third = {row["file"]: row for row in ann.json(*words)["files"]}
    assert third["renamed.mp4"]["video_id"] == second["video_id"]
    assert third["renamed.mp4"]["steps"] == ["captions:renamed.fr.vtt"]
    assert {row["id"] for row in eye.videos.mine()} - before == {film["video_id"], second["video_id"]}
    (playlist,) = [row for row in eye.playlists.mine() if row["title"] == "Imported"]
    assert playlist["item_count"] == 2


def test_what_yt_dlp_wrote_is_imported(site, ann, eye, clip, tmp_path):
    original = eye.videos.upload(clip, title="To be moved", description="About it.", visibility="public")
    eye.videos.update(original.video_id, tags=["moved"], category="music", language="en")
    eye.videos.add_captions(original.video_id, VTT.encode(), language="en", label="English")
    eye.videos.wait(original.video_id, poll_seconds=0.2)
    options = ("--no-config", "--no-cache-dir", "--write-info-json", "--write-subs", "--write-thumbnail")
    command = [
        sys.executable,
        "-m",
        "yt_dlp",
        *options,
        "--ffmpeg-location",
        str(ffmpeg_binary()),
        "-f",
        "wv+wa",
    ]
    done = subprocess.run(
        [*command, f"{site.url}/watch/{original.video_id}"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "clients" / "yt-dlp-streamsite"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    (report,) = ann.json("import", str(tmp_path))["files"]
    assert [step.partition(":")[0] for step in report["steps"]] == [
        "upload",
        "details",
        "captions",
        "thumbnail",
    ]
    moved = eye.videos.wait(report["video_id"], poll_seconds=0.2)
    same = ("title", "description", "tags", "category", "language")
    before = eye.videos.get(original.video_id)
    assert [moved[name] for name in same] == [before[name] for name in same]
    assert moved["originally_published_on"] == before["published_at"][:10]
    assert moved["visibility"] == "private"


def test_what_the_site_refuses_is_left_out_and_said(ann, eye, clip, tmp_path):
    (tmp_path / "old.mp4").write_bytes(clip.read_bytes() + b"\0" * 16)
    info = {
        "title": "Old",
        "upload_date": "17000101",
        "tags": ["kept"],
        "chapters": [{"start_time": 9e9, "title": "x"}],
    }
    (tmp_path / "old.info.json").write_text(json.dumps(info))
    (tmp_path / "old.srt").write_text("no captions at all")
    (report,) = ann.json("import", str(tmp_path))["files"]
    assert report["outcome"] == "imported"
    assert any("originally_published_on" in sentence for sentence in report["left_out"])
    assert any("old.srt" in sentence for sentence in report["left_out"])
    video = eye.videos.get(report["video_id"])
    assert (video["title"], video["originally_published_on"], video["tags"]) == ("Old", None, ["kept"])
    (again,) = ann.json("import", str(tmp_path))["files"]
    assert again["outcome"] == "unchanged", "and not tried again"


def test_a_killed_import_uploads_nothing_twice(site, ann, eye, folder):
    """Killed as soon as there is a draft: what has begun is remembered beside the state file."""
    before = {row["id"] for row in eye.videos.mine()}
    state = folder / ".streamsite-import.json"
    process = ann.start("import", str(folder))
    wait_for(lambda: {row["id"] for row in eye.videos.mine()} - before)
    process.kill()
    process.communicate()
    done = ann.json("import", str(folder))
    assert state.exists()
    ids = {row["video_id"] for row in done["files"]}
    assert {row["id"] for row in eye.videos.mine()} - before == ids
    assert len(ids) == 2


def test_a_watched_folder_waits_until_files_have_stopped_growing(ann, eye, clip, tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    before = {row["id"] for row in eye.videos.mine()}
    content = clip.read_bytes()
    film = folder / "growing.mp4"
    film.write_bytes(content[:1000])
    process = ann.start("watch-folder", str(folder), "--settle", "1.5", "--every", "0.1", "--json")
    try:
        assert process.stderr.readline().startswith("Watching")
        with film.open("ab") as file:
            # Longer than a file has to be still.
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline:
                file.write(content[file.tell() : file.tell() + 100])
                file.flush()
                assert {row["id"] for row in eye.videos.mine()} == before
            file.write(content[file.tell() :])
        report = json.loads(process.stdout.readline())
        assert (report["file"], report["outcome"]) == ("growing.mp4", "imported")
        assert {row["id"] for row in eye.videos.mine()} - before == {report["video_id"]}
        assert eye.videos.wait(report["video_id"], poll_seconds=0.2)["status"] == "ready"
        busy = ann.run("import", str(folder))
        assert busy.returncode == 2
        assert "another process" in busy.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    once = ann.run("watch-folder", str(folder), "--settle", "0.1", "--every", "0.1", "--once")
    assert (once.returncode, once.stdout) == (0, "")
