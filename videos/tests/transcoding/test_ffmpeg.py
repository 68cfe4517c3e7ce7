import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from videos.transcoding import ffmpeg
from videos.transcoding.errors import Canceled, EncodeFailed, TimedOut

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-f", "null", "-"]
BUSY = ["-f", "lavfi", "-i", "testsrc2=s=1280x720", "-f", "null", "-"]
LIMITS = ffmpeg.ProcessLimits(wall_seconds=20, cpu_seconds=20)


def running_children() -> set[str]:
    """Command lines of this process's children, itself excluded."""
    own = str(os.getpid())
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(
                line for line in status.read_text().splitlines() if line.startswith("PPid:")
            ).split()[1]
        except OSError:
            continue
        if parent == own:
            found.add(status.parent.name)
    return found


def test_progress_is_reported_in_seconds_of_output():
    seen = []
    args = ["-f", "lavfi", "-i", "testsrc2=s=64x64:d=3", "-f", "null", "-"]
    ffmpeg.run(args, limits=LIMITS, on_progress=seen.append)
    assert seen[-1] == pytest.approx(3, abs=0.1)


def test_canceled_run_leaves_no_process():
    before = running_children()
    started = time.monotonic()
    with pytest.raises(Canceled):
        ffmpeg.run(ENDLESS, limits=LIMITS, canceled=lambda: time.monotonic() - started > 0.5)
    assert time.monotonic() - started < 3
    assert running_children() == before


def test_exception_of_a_callback_ends_the_process():
    before = running_children()

    def give_up(seconds):
        raise LookupError

    with pytest.raises(LookupError):
        ffmpeg.run(ENDLESS, limits=LIMITS, on_progress=give_up)
    assert running_children() == before


def test_wall_clock_limit_ends_the_process():
    with pytest.raises(TimedOut):
        ffmpeg.run(ENDLESS, limits=ffmpeg.ProcessLimits(wall_seconds=0.5, cpu_seconds=20))


def test_cpu_limit_ends_the_process():
    with pytest.raises(TimedOut):
        ffmpeg.run(BUSY, limits=ffmpeg.ProcessLimits(wall_seconds=20, cpu_seconds=1))


def test_file_size_limit_ends_the_process(tmp_path):
    limits = ffmpeg.ProcessLimits(wall_seconds=20, cpu_seconds=20, file_size=100_000)
    target = tmp_path / "big.nut"
    files = ffmpeg.SandboxFiles(write=(tmp_path,))
    with pytest.raises(EncodeFailed):
        ffmpeg.run(
            ["-f", "lavfi", "-i", "testsrc2=d=9", "-c:v", "rawvideo", str(target)], limits=limits, files=files
        )
    assert target.stat().st_size <= 100_000


def test_address_space_limit_ends_the_process():
    limits = ffmpeg.ProcessLimits(wall_seconds=20, cpu_seconds=20, address_space=600 * ffmpeg.MIB)
    with pytest.raises(EncodeFailed):
        ffmpeg.run(["-f", "lavfi", "-i", "testsrc2=s=16000x16000:d=1", "-f", "null", "-"], limits=limits)


def test_failure_says_nothing_of_paths_and_keeps_the_log(tmp_path):
    with pytest.raises(EncodeFailed) as caught:
        ffmpeg.run([*ffmpeg.input_args(tmp_path / "absent.mp4", "mov"), "-f", "null", "-"], limits=LIMITS)
    assert str(tmp_path) not in caught.value.detail
    assert "No such file" in caught.value.log


def test_log_is_bounded(tmp_path):
    args = ["-loglevel", "debug", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=2", "-f", "null", "-"]
    assert len(ffmpeg.run(args, limits=LIMITS)) <= ffmpeg.STDERR_TAIL


def test_environment_of_the_child_holds_no_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    script = tmp_path / "env.py"
    script.write_text("import os; print(dict(os.environ))")
    assert b"hunter2" not in ffmpeg.run_python(script, [], limits=LIMITS)


def test_killed_worker_takes_ffmpeg_along(tmp_path):
    marker = tmp_path / "out.nut"
    code = (
        "import sys; from pathlib import Path; from videos.transcoding import ffmpeg\n"
        "limits = ffmpeg.ProcessLimits(wall_seconds=60, cpu_seconds=60)\n"
        "source = ['-re', '-f', 'lavfi', '-i', 'testsrc2=s=64x64', '-flush_packets', '1']\n"
        "files = ffmpeg.SandboxFiles(write=(Path(sys.argv[1]).parent,))\n"
        "ffmpeg.run([*source, sys.argv[1]], limits=limits, files=files)\n"
    )
    root = Path(__file__).parents[3]
    worker = subprocess.Popen([sys.executable, "-c", code, str(marker)], cwd=root)
    wait_until(lambda: marker.exists() and marker.stat().st_size > 0)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    wait_until(lambda: not any(str(marker) in line for line in command_lines()))


def command_lines() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_text(errors="replace"))
        except OSError:
            continue
    return lines


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
