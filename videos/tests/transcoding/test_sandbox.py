"""A decoder that has been taken over reaches its input, its job's folder and nothing else."""

import json
import os
import socket
from pathlib import Path

import pytest

from tests.support.clips import make_clip
from videos.transcoding import ffmpeg, sandbox
from videos.transcoding.errors import EncodeFailed, TranscodeError
from videos.transcoding.probe import probe

LIMITS = ffmpeg.ProcessLimits(wall_seconds=20, cpu_seconds=20)
needs_landlock = pytest.mark.skipif(
    not sandbox.landlock_version(), reason="this kernel has no Landlock: see docs/operations.md"
)
needs_seccomp = pytest.mark.skipif(
    not sandbox.has_calls_table(), reason="system calls are restricted on Linux x86-64 and ARM64 only"
)
# Stands for a decoder that runs an attacker's code.
HOSTILE = """
import ctypes, json, os, resource, signal, socket, subprocess, sys, threading
from pathlib import Path

def tried(what):
    try:
        what()
    except OSError as error:
        return error.strerror
    except Exception as error:
        return type(error).__name__
    return "done"

def call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

facts = json.loads(sys.argv[1])
source, job, other, outside = (Path(facts[name]) for name in ("source", "job", "other", "outside"))
here = ("127.0.0.1", facts["port"])
print(json.dumps({
    "read the source": tried(lambda: source.read_bytes()),
    "write in the job's folder": tried(lambda: (job / "made").write_text("x")),
    "rename in the job's folder": tried(lambda: (job / "made").rename(job / "renamed")),
    "write to /dev/null": tried(lambda: Path("/dev/null").write_text("x")),
    "read about itself": tried(lambda: Path("/proc/self/status").read_text()),
    "signal itself": tried(lambda: os.kill(os.getpid(), 0)),
    "start a thread": tried(lambda: threading.Thread(target=str).start()),
    "read /etc/passwd": tried(lambda: Path("/etc/passwd").read_text()),
    "read another source": tried(lambda: other.read_bytes()),
    "list its folder": tried(lambda: list(other.parent.iterdir())),
    "list the file system": tried(lambda: os.listdir("/")),
    "read the worker's environment": tried(lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
    "write the source": tried(lambda: source.open("r+b")),
    "write outside": tried(lambda: outside.write_text("x")),
    "delete another source": tried(other.unlink),
    "move it in": tried(lambda: other.rename(job / "stolen")),
    "link to it": tried(lambda: os.link(other, job / "linked")),
    "write a library": tried(lambda: Path(os.__file__).open("r+b")),
    "run a shell": tried(lambda: subprocess.run(["/bin/sh", "-c", "true"], check=True)),
    "change modes": tried(lambda: other.chmod(0o777)),
    "change times": tried(lambda: os.utime(other, (0, 0))),
    "connect by TCP": tried(lambda: socket.create_connection(here, timeout=2)),
    "send by UDP": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", here)),
    "open a Unix socket": tried(lambda: socket.socket(socket.AF_UNIX)),
    "listen": tried(lambda: socket.create_server(("127.0.0.1", 0))),
    "kill the worker": tried(lambda: os.kill(os.getppid(), signal.SIGTERM)),
    "limit the worker": tried(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))),
    "trace the worker": tried(lambda: call(facts["ptrace"], 16, os.getppid(), 0, 0)),
    "leave its namespaces": tried(lambda: call(facts["unshare"], 0x10000000)),
    "open io_uring": tried(lambda: call(425, 1, ctypes.create_string_buffer(120))),
}))
"""
MAY = {
    "read the source",
    "write in the job's folder",
    "rename in the job's folder",
    "write to /dev/null",
    "read about itself",
    "signal itself",
    "start a thread",
}
BY_SECCOMP = {
    *("change modes", "change times", "connect by TCP", "send by UDP", "open a Unix socket", "listen"),
    *("kill the worker", "limit the worker", "trace the worker", "leave its namespaces", "open io_uring"),
}


@pytest.fixture
def attempt(tmp_path):
    """Run the hostile decoder with the named layers; return what each of its attempts came to."""
    paths = {name: tmp_path / name for name in ("source", "job", "other", "outside")}
    for name in ("source", "other"):
        paths[name].write_text(name)
    paths["job"].mkdir()
    script = tmp_path / "script" / "hostile.py"
    script.parent.mkdir()
    script.write_text(HOSTILE)
    ptrace, unshare = (117, 97) if os.uname().machine == "aarch64" else (101, 272)
    facts = {name: str(path) for name, path in paths.items()} | {"ptrace": ptrace, "unshare": unshare}
    with socket.create_server(("127.0.0.1", 0)) as server:
        facts["port"] = server.getsockname()[1]
        files = ffmpeg.SandboxFiles(read=(paths["source"],), write=(paths["job"],))
        yield lambda: json.loads(ffmpeg.run_python(script, [json.dumps(facts)], limits=LIMITS, files=files))


@needs_landlock
@needs_seccomp
def test_a_decoder_that_was_taken_over_reaches_nothing(attempt, tmp_path):
    outcome = attempt()
    assert {name for name, how in outcome.items() if how == "done"} == MAY
    assert {how for name, how in outcome.items() if name not in MAY} <= {
        *("Permission denied", "Operation not permitted", "Invalid cross-device link", "PermissionError")
    }
    assert [(tmp_path / name).read_text() for name in ("source", "other")] == ["source", "other"]
    assert not (tmp_path / "outside").exists()


@needs_seccomp
def test_without_landlock_there_is_still_no_network_and_no_other_process(attempt, monkeypatch):
    """The fall-back for kernels before 5.13; what it cannot do is in docs/operations.md."""
    monkeypatch.setattr(ffmpeg, "sandbox_layers", lambda: ("seccomp",))
    outcome = {name: how for name, how in attempt().items() if name in MAY | BY_SECCOMP}
    assert {name for name, how in outcome.items() if how == "done"} == MAY


@needs_landlock
def test_ffmpeg_opens_its_input_and_no_other_file(tmp_path):
    given, other = (make_clip(tmp_path / name, 0.4, (64, 64)) for name in ("given.mp4", "other.mp4"))
    out = tmp_path / "out"
    out.mkdir()
    files = ffmpeg.SandboxFiles(read=(given,), write=(out,))
    ffmpeg.run(["-i", str(given), "-c", "copy", str(out / "copy.mp4")], limits=LIMITS, files=files)
    assert (out / "copy.mp4").stat().st_size
    for args in (
        ["-i", str(other), "-f", "null", "-"],
        ["-i", str(given), "-c", "copy", str(tmp_path / "x.mp4")],
    ):
        with pytest.raises(TranscodeError) as refused:
            ffmpeg.run(args, limits=LIMITS, files=files)
        assert "Permission denied" in refused.value.log
    assert not (tmp_path / "x.mp4").exists()


@needs_landlock
def test_a_link_named_as_the_input_opens_its_file_alone(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", 0.4, (64, 64))
    (tmp_path / "link.mp4").symlink_to(clip)
    assert probe(tmp_path / "link.mp4").width == 64


def test_a_layer_that_fails_ends_the_child_and_blames_no_file(tmp_path, monkeypatch):
    """Nothing runs without a layer that this system is said to have; the file is kept, and tried again."""
    clip = make_clip(tmp_path / "clip.mp4", 0.4, (64, 64))
    original = Path(ffmpeg._LAUNCHER)
    (tmp_path / "sandbox.py").write_text((original.parent / "sandbox.py").read_text())
    broken = tmp_path / "confine.py"
    broken.write_text(
        original.read_text().replace(
            "sys.path.pop(0)", "sys.path.pop(0); sandbox.LANDLOCK_RESTRICT_SELF = 9999 "
        )
    )
    monkeypatch.setattr(ffmpeg, "_LAUNCHER", str(broken))
    monkeypatch.setattr(ffmpeg, "sandbox_layers", lambda: ("landlock 7", "seccomp"))
    for use in (lambda: ffmpeg.run(["-version"], limits=LIMITS), lambda: probe(clip)):
        with pytest.raises(EncodeFailed) as refused:
            use()
        assert "the sandbox cannot be entered" in refused.value.log
        assert refused.value.retryable


def test_the_layers_of_this_system_are_known_and_tried():
    layers = ffmpeg.sandbox_layers()
    expected = [f"landlock {sandbox.landlock_version()}"] if sandbox.landlock_version() else []
    assert layers == (*expected, *(["seccomp"] if sandbox.has_calls_table() else []))
