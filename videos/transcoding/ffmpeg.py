"""Run ffmpeg and the probe's Python. No other module starts processes.

Every child has an argv list, no shell, no stdin, an almost empty environment, its own process group, limits on
CPU, address space, file size and wall clock, and dies with the worker (process_limits.py). It can read its
libraries and the files that its caller names, nothing else, and has no network (sandbox.py).
"""

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation.trans_null import gettext_noop

from .decoders import DECODER_WHITELIST
from .errors import Canceled, EncodeFailed, Killed, TimedOut, Unconvertible
from .sniff import FORMAT_WHITELIST

MIB = 1024 * 1024
STDERR_TAIL = 8 * 1024
STDOUT_LIMIT = 4 * MIB
POLL_SECONDS = 0.25

TIMEOUT_DETAIL = gettext_noop("Processing this video took too long and was stopped.")
FAILED_DETAIL = gettext_noop("This video couldn't be processed.")
GAVE_UP_DETAIL = gettext_noop(
    "This file couldn't be converted. Export it again as MP4 (H.264 and AAC) and upload the new file."
)
DISK_DETAIL = gettext_noop("The server ran out of disk space while processing this video.")
# What ffmpeg says when the machine is the reason, not the file.
_MACHINE_REASONS = (
    *(
        "Cannot allocate memory",
        "Input/output error",
        "Resource temporarily unavailable",
        "Too many open files",
    ),
    *("Permission denied", "No such file or directory", "Read-only file system", "Disk quota exceeded"),
    "the sandbox cannot be entered",
)

_LAUNCHER = str(Path(__file__).with_name("process_limits.py"))


@dataclass(frozen=True)
class ProcessLimits:
    """Limits of one child: seconds of wall clock and of CPU over all threads; bytes of memory and per file."""

    wall_seconds: float
    cpu_seconds: int
    address_space: int = 8 * 1024 * MIB
    file_size: int = 2 * 1024 * MIB


@dataclass(frozen=True)
class SandboxFiles:
    """The files and folders that one child may read, and the folders that it may also write."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()


@cache
def sandbox_layers() -> tuple[str, ...]:
    """Return the layers that confine children here, such as ("landlock 7", "seccomp"); fewer on older kernels.

    Raises ``OSError``.
    """
    command = [sys.executable, "-I", "-S", _LAUNCHER, "--layers"]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        raise TimeoutError("the sandbox did not start within 20 s") from None
    return tuple(tried.stdout.splitlines())


@cache
def ffmpeg_binary() -> Path:
    """Return the ffmpeg to run: `FFMPEG_BIN`, or the one in the imageio-ffmpeg package.

    The package's own search tries the program and keeps a failed try for good, so that one that was killed would end
    all processing by this process. It is asked only where the package has no program of its own.
    """
    configured = os.environ.get("FFMPEG_BIN")
    if configured:
        return Path(configured)
    import imageio_ffmpeg

    programs = sorted((Path(imageio_ffmpeg.__file__).parent / "binaries").glob("ffmpeg-*"))
    return programs[0] if programs else Path(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def has_filters(*names: str) -> bool:
    """Return whether this ffmpeg was built with all of the named filters."""
    output = _ffmpeg_output("-filters")
    known = {
        words[1] for words in map(str.split, output.decode(errors="replace").splitlines()) if len(words) > 2
    }
    return known.issuperset(names)


@cache
def has_option(name: str) -> bool:
    """Return whether this ffmpeg has the command-line option of this name."""
    lines = _ffmpeg_output("-h", "long").decode(errors="replace")
    return any(re.match(rf"-{name}\b", line) for line in lines.splitlines())


def _ffmpeg_output(*words: str) -> bytes:
    """Return what ffmpeg prints for the given arguments."""
    limits = ProcessLimits(wall_seconds=20, cpu_seconds=20)
    return _run_for_output(
        [str(ffmpeg_binary()), "-hide_banner", *words], limits, SandboxFiles(), _ffmpeg_libraries()
    )


def input_args(
    path: Path, demuxer: str, *, options: Sequence[str] = (), decoders: str = DECODER_WHITELIST
) -> list[str]:
    """Return arguments that open an untrusted file with one demuxer, named decoders and no access to other files."""
    whitelists = ["-protocol_whitelist", "file", "-format_whitelist", FORMAT_WHITELIST]
    return [
        *whitelists,
        "-codec_whitelist",
        decoders,
        *options,
        "-f",
        demuxer,
        "-i",
        f"file:{path.absolute()}",
    ]


def run(
    args: Sequence[str],
    *,
    limits: ProcessLimits,
    files: SandboxFiles = SandboxFiles(),
    on_progress: Callable[[float], None] | None = None,
    canceled: Callable[[], bool] | None = None,
) -> str:
    """Run ffmpeg with `args` to its end and return the last 8 kB of its log.

    `on_progress` receives the seconds of output written so far, about twice a second. `canceled` is called four
    times a second. Raises Canceled, TimedOut, EncodeFailed, or Unconvertible when the file is the reason; an
    exception in a callback also ends ffmpeg.
    """
    progress = _ProgressReader(on_progress) if on_progress else None
    command = [str(ffmpeg_binary()), "-nostdin", "-hide_banner", "-nostats", "-y"]
    if progress:
        command += ["-progress", "pipe:1", "-stats_period", "0.5"]
    with _spawn([*command, *args], limits, files, _ffmpeg_libraries()) as process:
        tail = _supervise(process, limits, on_output=progress.feed if progress else None, canceled=canceled)
    _raise_for_exit(process.returncode, tail)
    return tail


def run_python(
    script: Path,
    args: Sequence[str],
    *,
    limits: ProcessLimits,
    files: SandboxFiles = SandboxFiles(),
    canceled: Callable[[], bool] | None = None,
) -> bytes:
    """Run a script of the site in an isolated interpreter and return its output (at most 4 MiB).

    Raises as ``run`` does; ``canceled`` is called four times a second.
    """
    command = [sys.executable, "-I", str(script), *args]
    return _run_for_output(command, limits, files, (*_python_libraries(), script), canceled)


@cache
def _ffmpeg_libraries() -> tuple[Path, ...]:
    """Return the files of ffmpeg: its program, and the library folder beside it unless that is the system's."""
    binary = ffmpeg_binary().resolve()
    named = os.environ.get("FFMPEG_LIBRARIES", "").split(os.pathsep)
    return (binary, binary.parent.parent / "lib", *(Path(name) for name in named if name))


@cache
def _python_libraries() -> tuple[Path, ...]:
    """Return the files of this Python and the one package of the site that scripts here import."""
    program = Path(sys.executable)
    places = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return (
        *(program, program.resolve(), Path(sys.prefix), Path(sys.base_prefix) / "lib"),
        *(Path(place) for place in places),
        Path(__file__).resolve().parents[1],
    )


def _run_for_output(
    command: Sequence[str],
    limits: ProcessLimits,
    files: SandboxFiles,
    libraries: tuple[Path, ...],
    canceled: Callable[[], bool] | None = None,
) -> bytes:
    output = bytearray()

    def keep(chunk: bytes) -> None:
        if len(output) + len(chunk) > STDOUT_LIMIT:
            raise EncodeFailed(FAILED_DETAIL, log="more output than expected")
        output.extend(chunk)

    with _spawn(command, limits, files, libraries) as process:
        tail = _supervise(process, limits, on_output=keep, canceled=canceled)
    _raise_for_exit(process.returncode, tail)
    return bytes(output)


@contextmanager
def _spawn(
    command: Sequence[str], limits: ProcessLimits, files: SandboxFiles, libraries: tuple[Path, ...]
) -> Iterator[subprocess.Popen[bytes]]:
    paths = {"read": files.read, "write": files.write, "run": libraries}
    sandbox = {"layers": sandbox_layers()} | {
        kind: [str(path.absolute()) for path in named] for kind, named in paths.items()
    }
    confine = [sys.executable, "-I", "-S", _LAUNCHER, str(os.getpid())]
    confine += [str(limits.cpu_seconds), str(limits.address_space), str(limits.file_size)]
    confine.append(json.dumps(sandbox))
    process = subprocess.Popen(  # noqa: S603 - an argv list of our own words, never a user's
        [*confine, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        # Few malloc arenas: each reserves 64 MiB of the limited address space per thread.
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "4", "AV_LOG_FORCE_NOCOLOR": "1"},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def _supervise(
    process: subprocess.Popen[bytes],
    limits: ProcessLimits,
    *,
    on_output: Callable[[bytes], None] | None,
    canceled: Callable[[], bool] | None,
) -> str:
    """Read both pipes until the process ends; return the end of its stderr."""
    deadline = time.monotonic() + limits.wall_seconds
    next_look = 0.0
    tail = bytearray()
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            if stream:
                selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(POLL_SECONDS):
                chunk = os.read(key.fd, 64 * 1024)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    tail = (tail + chunk)[-STDERR_TAIL:]
                elif on_output:
                    on_output(chunk)
            if time.monotonic() < next_look:
                continue
            next_look = time.monotonic() + POLL_SECONDS
            if canceled and canceled():
                raise Canceled
            if next_look > deadline:
                raise TimedOut(TIMEOUT_DETAIL, log=tail.decode(errors="replace"))
    try:
        process.wait(max(deadline - time.monotonic(), 1))
    except subprocess.TimeoutExpired:
        raise TimedOut(TIMEOUT_DETAIL, log=tail.decode(errors="replace")) from None
    return tail.decode(errors="replace")


def _raise_for_exit(returncode: int | None, tail: str) -> None:
    if returncode == 0:
        return
    # ffmpeg catches the CPU limit's signal and ends in order; another program dies of it.
    if returncode == -signal.SIGXCPU or f"received signal {signal.SIGXCPU:d}" in tail:
        raise TimedOut(TIMEOUT_DETAIL, log=tail)
    if returncode == -signal.SIGKILL:
        raise Killed(FAILED_DETAIL, log=tail)
    log = f"exit {returncode}\n{tail}"
    if "No space left on device" in tail:
        raise EncodeFailed(DISK_DETAIL, log=log)
    if returncode is None or returncode < 0 or any(reason in tail for reason in _MACHINE_REASONS):
        raise EncodeFailed(FAILED_DETAIL, log=log)
    raise Unconvertible(GAVE_UP_DETAIL, log=log)


class _ProgressReader:
    """Turns `-progress` lines into seconds of output."""

    def __init__(self, on_progress: Callable[[float], None]) -> None:
        self._on_progress = on_progress
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            key, _, value = line.partition(b"=")
            # "N/A" until the first packet is written.
            if key == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
                self._on_progress(max(int(value), 0) / 1_000_000)
