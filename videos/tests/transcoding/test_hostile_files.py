import random
import socket
import subprocess
import threading

import pytest

from tests.support.clips import concat_text, hls_text, make_clip
from videos.transcoding import ffmpeg
from videos.transcoding import probe as probing
from videos.transcoding.acceptance import UploadLimits, require_acceptable
from videos.transcoding.errors import Killed, TranscodeError, UnsupportedMedia
from videos.transcoding.probe import probe
from videos.transcoding.sniff import FORMAT_WHITELIST

MUTATIONS = 10
SHORT = ffmpeg.ProcessLimits(wall_seconds=10, cpu_seconds=10)
NOWHERE = ["-f", "null", "-"]


@pytest.fixture
def listener():
    """An HTTP-like listener that counts who connects."""
    hits = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    stop = threading.Event()

    def serve():
        while not stop.is_set():
            try:
                connection, address = server.accept()
            except TimeoutError:
                continue
            hits.append(address)
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/segment.ts", hits
    stop.set()
    thread.join()
    server.close()


def unconfined(args):
    """Return whether ffmpeg accepts the arguments without a sandbox."""
    command = [str(ffmpeg.ffmpeg_binary()), "-nostdin", "-v", "error", *args]
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


@pytest.mark.parametrize("write", [hls_text, concat_text])
@pytest.mark.parametrize("scheme", ["", "file:", "crypto:", "concat:", "subfile:,,start,0,end,9,,:"])
def test_list_of_files_named_mp4_is_refused(tmp_path, plain, write, scheme):
    with pytest.raises(UnsupportedMedia):
        probe(write(tmp_path / "up.mp4", f"{scheme}{plain}"))


def test_playlist_of_a_url_is_not_followed(tmp_path, listener):
    url, hits = listener
    with pytest.raises(UnsupportedMedia):
        probe(hls_text(tmp_path / "up.mp4", url))
    assert hits == []


def test_forced_demuxer_does_not_open_what_a_list_names(tmp_path, plain):
    """The first run proves that ffmpeg would: a list of files is recognized by its content."""
    (tmp_path / "private.mp4").write_bytes(plain.read_bytes())
    upload = concat_text(tmp_path / "up.mp4", "private.mp4")
    beside = ffmpeg.SandboxFiles(read=(tmp_path,))
    ffmpeg.run(["-i", str(upload), *NOWHERE], limits=SHORT, files=beside)
    for demuxer in FORMAT_WHITELIST.split(","):
        with pytest.raises(TranscodeError):
            ffmpeg.run([*ffmpeg.input_args(upload, demuxer), *NOWHERE], limits=SHORT, files=beside)


def test_whitelist_stops_a_demuxer_that_is_not_on_it(tmp_path, plain):
    files = ffmpeg.SandboxFiles(read=(tmp_path, plain))
    list_of_files = concat_text(tmp_path / "up", str(plain))
    with pytest.raises(TranscodeError) as stopped:
        ffmpeg.run([*ffmpeg.input_args(list_of_files, "concat"), *NOWHERE], limits=SHORT, files=files)
    assert "Permission denied" not in stopped.value.log


def test_whitelist_stops_every_protocol_but_files(tmp_path, listener):
    url, hits = listener
    playlist = hls_text(tmp_path / "up.m3u8", url)
    loose = ["-protocol_whitelist", "file,http,tcp", "-f", "hls", "-i", f"file:{playlist}"]
    assert not unconfined([*loose, *NOWHERE])
    seen = len(hits)
    assert seen
    strict = ["-protocol_whitelist", "file", "-f", "hls", "-i", f"file:{playlist}"]
    assert not unconfined([*strict, *NOWHERE])
    assert len(hits) == seen


def test_the_sandbox_stops_what_a_whitelist_would_let_through(tmp_path, listener):
    url, hits = listener
    playlist = hls_text(tmp_path / "up.m3u8", url)
    loose = ["-protocol_whitelist", "file,http,tcp", "-f", "hls", "-i", f"file:{playlist}"]
    with pytest.raises(TranscodeError):
        ffmpeg.run([*loose, *NOWHERE], limits=SHORT, files=ffmpeg.SandboxFiles(read=(playlist,)))
    assert hits == []


KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def test_a_reader_that_is_killed_says_nothing_about_the_file(plain, tmp_path, monkeypatch):
    """The machine may run out of memory for other reasons: the file is kept, and tried again."""
    script = tmp_path / "probe_child.py"
    script.write_text(KILLED)
    monkeypatch.setattr(probing, "__file__", str(tmp_path / "probe.py"))
    with pytest.raises(Killed) as caught:
        probe(plain)
    assert caught.value.retryable


@pytest.mark.parametrize(
    "name", ["-i.mp4", "a;id.mp4", "$(id).mp4", "x\ny.mp4", "http:x.mp4", "%d.mp4", "concat:a|b"]
)
def test_name_of_a_file_is_only_a_name(plain, tmp_path, name):
    copy = tmp_path / name
    copy.write_bytes(plain.read_bytes())
    require_acceptable(probe(copy), UploadLimits())


MXF = ["-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"]


@pytest.mark.parametrize(
    ("name", "options", "mutations"),
    [
        ("whole.mp4", {}, MUTATIONS),
        ("whole.mxf", {"options": MXF}, 3),
        ("whole.nut", {}, 3),
        ("whole.gif", {"audio": False, "options": ["-c:v", "gif", "-pix_fmt", "rgb8"]}, 3),
        ("whole.aac", {"video": False, "options": ["-c:a", "aac"]}, 3),
    ],
)
def test_mutated_files_are_accepted_or_refused_but_never_crash(tmp_path, name, options, mutations):
    whole = make_clip(tmp_path / name, 0.4, (64, 64), **options).read_bytes()
    dice = random.Random(2024)
    for number in range(mutations):
        content = bytearray(whole)
        for _ in range(dice.choice([1, 10, 200])):
            content[dice.randrange(8, len(content))] = dice.randrange(256)
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(content)
        try:
            require_acceptable(probe(path), UploadLimits())
        except TranscodeError as error:
            assert str(tmp_path) not in error.detail  # noqa: PT017 - either outcome is right
