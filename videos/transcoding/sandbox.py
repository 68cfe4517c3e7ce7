"""Confine a process: Landlock for files and TCP, seccomp for system calls. Linux only, without privileges.

Used by process_limits.py, a fresh interpreter that becomes the decoder; imports nothing of the site. Both layers
survive exec, bind root too, and cannot be lifted. Every function raises OSError when the kernel refuses.
"""

import ctypes
import os
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
VERSION_1_RIGHTS = (1 << 13) - 1
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ_RIGHTS = READ_FILE | READ_DIR
RUN_RIGHTS = READ_RIGHTS | EXECUTE
WRITE_RIGHTS = READ_RIGHTS | WRITE_FILE | TRUNCATE | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER
# Binding and connecting TCP; abstract sockets and signals of processes outside.
NET_RIGHTS, SCOPES = 3, 3

# What programs need of the system: how it loads libraries, how many processors there are, themselves.
SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
SYSTEM_FILES = (
    *("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/etc/localtime", "/etc/ssl/openssl.cnf"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node"),
)
SYSTEM_OUTPUTS = ("/dev/null",)

# Numbers of system calls on the machines of AUDIT_ARCHES, None where there is no such call.
AUDIT_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
Numbers = tuple[int | None, int | None]
CLONE: Numbers = (56, 220)
# Allowed for this process alone; their first argument is a process.
SELF_ONLY_CALLS: dict[str, Numbers] = {"kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261)}
# Landlock does not know sockets other than TCP, nor modes, owners, times and attributes of files. Handles of files and
# io_uring go around both layers. The rest reaches other processes or the system, for root as well.
# fmt: off
REFUSED_CALLS: dict[str, Numbers] = {
    "socket": (41, 198), "socketpair": (53, 199),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
    "truncate": (76, 45), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "process_madvise": (440, 440), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "tkill": (200, 130), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "perf_event_open": (298, 241), "bpf": (321, 280), "userfaultfd": (323, 282), "fanotify_init": (300, 262),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41), "personality": (135, 92),
    "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "acct": (163, 89), "quotactl": (179, 60), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142),
    "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
    "init_module": (175, 105), "delete_module": (176, 106), "finit_module": (313, 273),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "syslog": (103, 116),
    "settimeofday": (164, 170), "adjtimex": (159, 171), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
}
# fmt: on
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
    """Restrict this process to reading, writing and running below the given paths, without TCP.

    Missing paths are ignored. The files that the system's loader and libraries need are always allowed.
    """
    version = landlock_version()
    rights = VERSION_1_RIGHTS
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        rights |= right if version >= since else 0
    attributes = struct.pack("=QQQ", rights, NET_RIGHTS if version >= 4 else 0, SCOPES if version >= 6 else 0)
    # Older kernels know fewer fields and refuse a longer structure.
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _call(LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
    rules = ((RUN_RIGHTS, (*SYSTEM_LIBRARIES, *run)), (READ_RIGHTS, (*SYSTEM_FILES, *read)))
    for wanted, paths in (*rules, (WRITE_RIGHTS, (*SYSTEM_OUTPUTS, *write))):
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
        rights &= FILE_RIGHTS
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
    """Return whether `restrict_calls` supports this machine's system calls."""
    return sys.platform.startswith("linux") and os.uname().machine in AUDIT_ARCHES


def restrict_calls() -> None:
    """Refuse system calls that open sockets, change file owners or reach other processes, from now on.

    They fail with EPERM. `kill` reaches this process only. Only for machines with a table.
    """
    program = b"".join(struct.pack("=HBBI", *line) for line in _program(os.uname().machine))
    kept = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Return the filter, one instruction per tuple: code, jumps if true, jumps if false, operand."""
    column = list(AUDIT_ARCHES).index(machine)
    refuse = REFUSE | EPERM
    lines = [
        (LOAD, 0, 0, MACHINE_AT),
        *((JUMP_EQUAL, 1, 0, AUDIT_ARCHES[machine]), (RETURN, 0, 0, KILL)),
        (LOAD, 0, 0, NUMBER_AT),
        *((JUMP_GREATER, 0, 1, X32_BIT), (RETURN, 0, 0, refuse)),
        # The C library then makes threads by `clone`, whose flags can be looked at.
        *((JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, REFUSE | ENOSYS)),
    ]
    for numbers in REFUSED_CALLS.values():
        if (number := numbers[column]) is not None:
            lines += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, refuse)]
    for numbers in SELF_ONLY_CALLS.values():
        lines += [(JUMP_EQUAL, 0, 5, numbers[column] or 0), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
        # 0 is this process too, or its process group, in which it is alone.
        lines += [(JUMP_EQUAL, 1, 0, os.getpid()), (JUMP_EQUAL, 0, 1, 0)]
        lines += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, refuse)]
    lines += [(JUMP_EQUAL, 0, 3, CLONE[column] or 0), (LOAD, 0, 0, FIRST_ARGUMENT_AT)]
    lines += [(JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, refuse), (RETURN, 0, 0, ALLOW)]
    return lines


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number}")
    return int(result)
