"""What a confined process may reach: Landlock for files and TCP, seccomp for system calls. Linux only, no privileges.

Runs in confine.py, a fresh interpreter that becomes the decoder, and imports nothing of the site. Both layers survive
exec, hold for root as well and cannot be lifted again. Every function raises OSError when the kernel refuses.
"""

import ctypes
import os
import platform
import struct
import sys

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_RULE_PATH_BENEATH = 1

# Landlock's rights on files.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
OF_THE_FIRST_VERSION = (1 << 13) - 1
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READING = READ_FILE | READ_DIR
RUNNING = READING | EXECUTE
WRITING = READING | WRITE_FILE | TRUNCATE | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER
# Binding and connecting TCP; abstract sockets and signals of processes outside.
NET_RIGHTS, SCOPES = 3, 3

# What programs need of the system: how it loads libraries, how many processors there are, themselves.
SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
SYSTEM_FILES = (
    *("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/etc/localtime", "/etc/ssl/openssl.cnf"),
    *(
        "/proc/self",
        "/proc/cpuinfo",
        "/proc/meminfo",
        "/proc/stat",
        "/sys/devices/system/cpu",
        "/sys/devices/system/node",
    ),
)
SYSTEM_OUTPUTS = ("/dev/null",)

# By machine: AUDIT_ARCH, the numbers of `clone`, `kill` and `tgkill`, and of what is refused. Landlock does not know
# sockets other than TCP, nor modes, owners and times of files; io_uring and file handles go around both layers.
_NEW_CALLS = (424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 452, 463, 466)
MACHINES = {
    "x86_64": (
        *(0xC000003E, 56, 62, 234),
        (
            *(41, 53, 101, 200, 76),  # socket, socketpair, ptrace, tkill, truncate
            *(90, 91, 92, 93, 94, 260, 268, 132, 235, 261, 280),  # modes, owners and times of files
            *(188, 189, 190, 197, 198, 199),  # extended attributes
            *(155, 161, 165, 166, 272, 308, 135),  # mounts, roots, namespaces, personality
            *(
                303,
                304,
                300,
                310,
                311,
                298,
                321,
                323,
            ),  # file handles, fanotify, other processes' memory, perf, bpf
            *(
                248,
                249,
                250,
                163,
                167,
                168,
                169,
                170,
                171,
                172,
                173,
                175,
                176,
                179,
                246,
                313,
                320,
            ),  # keys, the system
            *(103, 159, 164, 227, 305),  # the kernel's log, clocks
            *_NEW_CALLS,
        ),
    ),
    "aarch64": (
        *(0xC00000B7, 220, 129, 131),
        (
            *(198, 199, 117, 130, 45),
            *(52, 53, 54, 55, 88),
            *(5, 6, 7, 14, 15, 16),
            *(41, 51, 40, 39, 97, 268, 92),
            *(264, 265, 262, 270, 271, 241, 280, 282),
            *(217, 218, 219, 89, 224, 225, 142, 161, 162, 105, 106, 60, 104, 273, 294),
            *(116, 171, 170, 112, 266),
            *_NEW_CALLS,
        ),
    ),
}
CLONE3 = 435
X32_BIT = 0x40000000
NEW_NAMESPACES = 0x7E020000
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # the last one with an errno added
EPERM, ENOSYS = 1, 38
LOAD, JUMP_EQUAL, JUMP_GREATER, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16


def landlock_version() -> int:
    """Return the version of the kernel's Landlock, 0 without one."""
    if not sys.platform.startswith("linux"):
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(
        LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(LANDLOCK_CREATE_RULESET_VERSION)
    )
    return max(int(version), 0)


def restrict_files(read: list[str], write: list[str], run: list[str]) -> None:
    """Allow this process, from now on, to read, write below, and run what lies at the paths, and no TCP at all.

    Paths that do not exist are passed over. What the system's loader and libraries need is always allowed.
    """
    version = landlock_version()
    rights = OF_THE_FIRST_VERSION
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        rights |= right if version >= since else 0
    attributes = struct.pack("=QQQ", rights, NET_RIGHTS if version >= 4 else 0, SCOPES if version >= 6 else 0)
    # Older kernels know fewer fields and refuse a longer structure.
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _call(LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
    rules = ((RUNNING, (*SYSTEM_LIBRARIES, *run)), (READING, (*SYSTEM_FILES, *read)))
    for wanted, paths in (*rules, (WRITING, (*SYSTEM_OUTPUTS, *write))):
        for path in paths:
            _allow(ruleset, path, wanted & rights)
    _call(LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib is slow to import
        rights &= OF_FILES
    rule = struct.pack("=Qi", rights, place)
    _call(
        LANDLOCK_ADD_RULE,
        ctypes.c_int(ruleset),
        ctypes.c_int(LANDLOCK_RULE_PATH_BENEATH),
        rule,
        ctypes.c_uint(0),
    )
    os.close(place)


def has_calls_table() -> bool:
    """Return whether `restrict_calls` knows this machine's system calls."""
    return sys.platform.startswith("linux") and platform.machine() in MACHINES


def restrict_calls() -> None:
    """Refuse, from now on, the system calls that open sockets, change files' owners or reach other processes.

    They fail with EPERM. `kill` reaches this process alone. Only for machines with a table.
    """
    program = b"".join(struct.pack("=HBBI", *line) for line in _program(*MACHINES[platform.machine()]))
    kept = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(
    audit: int, clone: int, kill: int, tgkill: int, refused: tuple[int, ...]
) -> list[tuple[int, int, int, int]]:
    """Return the filter, one instruction per tuple: code, lines to skip if true, if false, operand."""
    refuse = REFUSE | EPERM
    lines = [
        (LOAD, 0, 0, MACHINE_AT),
        *((JUMP_EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL)),
        (LOAD, 0, 0, NUMBER_AT),
        *((JUMP_GREATER, 0, 1, X32_BIT), (RETURN, 0, 0, refuse)),
        # The C library then makes threads by `clone`, whose flags can be looked at.
        *((JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, REFUSE | ENOSYS)),
    ]
    for number in refused:
        lines += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, refuse)]
    for number in (kill, tgkill):
        lines += [(JUMP_EQUAL, 0, 4, number), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
        lines += [(JUMP_EQUAL, 0, 1, os.getpid()), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, refuse)]
    lines += [(JUMP_EQUAL, 0, 3, clone), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
    lines += [(JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, refuse), (RETURN, 0, 0, ALLOW)]
    return lines


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}")
    return int(result)
