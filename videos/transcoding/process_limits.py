"""Apply limits to this process, then become the program named on its command line.

Run as a script, never imported: `python -I -S process_limits.py PARENT_PID CPU_SECONDS ADDRESS_SPACE FILE_SIZE
SANDBOX PROGRAM ARGS...`, where SANDBOX is a JSON object: the names of the layers to apply as `layers`, and the
allowed paths as `read`, `write` and `run`. `python -I -S process_limits.py --layers` prints the layers that work
here, one per line.

A `preexec_fn` would run Python between fork and exec of a threaded worker, which can deadlock; a fresh interpreter
that calls exec cannot. The limits, the sandbox and the death signal survive the exec. If a requested layer cannot
be applied, the process ends before the program starts.
"""

import ctypes
import json
import os
import resource
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib is slow to import
import sandbox  # type: ignore[import-not-found]

sys.path.pop(0)  # other modules beside this one have names of the standard library's

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
NICENESS = 5
OPEN_FILES = 256


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the worker's thread ends, however it ends."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # The worker may have died before the request was made; the signal would then never come.
    if os.getppid() != parent:
        sys.exit(1)


def set_limit(kind: int, value: int, *, grace: int = 0) -> None:
    """Set soft limit `value` and hard limit `value + grace`.

    The soft limit sends a signal that names the reason; at the hard limit the kernel kills without one.
    """
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard - grace)
    resource.setrlimit(kind, (value, value + grace))


def drop_capabilities() -> None:
    """Drop root's capabilities at exec, except the one to bypass file modes, which Landlock bounds."""
    libc = ctypes.CDLL(None, use_errno=True)
    for number in range(64):
        if number != CAP_DAC_OVERRIDE:
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)


def no_new_privileges() -> None:
    """Prevent this process and its children from gaining privileges by exec."""
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def print_layers() -> None:
    """Print the layers that work on this system, found by applying them to this process."""
    no_new_privileges()
    if version := sandbox.landlock_version():
        try:
            sandbox.restrict_files([], [], [])
        except OSError:
            version = 0
    if version:
        sys.stdout.write(f"landlock {version}\n")
    if sandbox.has_calls_table():
        try:
            sandbox.restrict_calls()
        except OSError:
            return
        sys.stdout.write("seccomp\n")


def enter_sandbox(wanted: dict[str, list[str]]) -> None:
    """Apply the wanted layers, or exit."""
    kinds = {layer.partition(" ")[0] for layer in wanted["layers"]}
    try:
        if "landlock" in kinds:
            sandbox.restrict_files(wanted["read"], wanted["write"], wanted["run"])
        if "seccomp" in kinds:
            sandbox.restrict_calls()
    except OSError as error:
        sys.exit(f"the sandbox cannot be entered: {error}")


def main() -> None:
    """Limit this process and become the command, or print the layers."""
    if sys.argv[1:] == ["--layers"]:
        print_layers()
        return
    parent, cpu_seconds, address_space, file_size = (int(word) for word in sys.argv[1:5])
    wanted = json.loads(sys.argv[5])
    command = sys.argv[6:]
    die_with_parent(parent)
    os.nice(NICENESS)
    # Python ignores these two, and an ignored signal stays ignored across exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    set_limit(resource.RLIMIT_CPU, cpu_seconds, grace=5)
    set_limit(resource.RLIMIT_FSIZE, file_size)
    if sys.platform.startswith("linux"):
        set_limit(resource.RLIMIT_AS, address_space)
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        drop_capabilities()
    enter_sandbox(wanted)
    os.execv(command[0], command)  # noqa: S606 - an argv list without a shell is the point


if __name__ == "__main__":
    main()
