"""Shared by the scripts: a virtual environment with the pinned packages, made when missing or outdated.

Standard library only, and readable by old Pythons, so that the error about the version is a sentence. Nothing but
Python is presupposed: Debian's comes without ensurepip, so pip's wheel lies in script/wheels.
"""

import contextlib
import fcntl
import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
PIP_REQUIREMENTS = "requirements-pip.txt"
WHEELS = os.path.join(ROOT, "script", "wheels")
# Exists while packages are being installed. Left behind, it means that an installation was interrupted.
INSTALLING = os.path.join(VENV, ".installing")
UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|Connect\w*Timeout|ReadTimeout|Read timed out|ProxyError|SSLError"
    r"|CERTIFICATE_VERIFY_FAILED|Connection (?:refused|reset|aborted)|Remote end closed connection"
    r"|Temporary failure in name resolution|Name or service not known|Network is unreachable"
)


def fail(message):
    """Print one line and exit with code 1."""
    sys.stderr.write("%s: %s\n" % (os.path.relpath(sys.argv[0], os.getcwd()), message))
    raise SystemExit(1)


def setting(name):
    """Return a setting from the environment, else from .env, else an empty text."""
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
    """Install what the files' locks list, when they changed; return the virtual environment's Python."""
    if sys.version_info < (3, 11):
        fail("Python 3.11 or newer is needed; this is %d.%d" % sys.version_info[:2])
    stamp_path = os.path.join(VENV, ".requirements-%s" % "-".join(sorted(requirements)))
    stamp = digest(requirements)
    if not _is_usable() or read(stamp_path) != stamp:
        with alone():
            # Another start may have done it while this one waited.
            if not _is_usable() or read(stamp_path) != stamp:
                _install(requirements)
                write(stamp_path, stamp)
    return PYTHON


def become(python, *arguments):
    """Replace this process by the virtual environment's Python, in the project's folder."""
    os.chdir(ROOT)
    os.execv(python, [python, *arguments])


def digest(requirements):
    """Return a hash of this Python and of the locks that belong to requirement files."""
    made = hashlib.sha256(sys.version.encode())
    for name in requirements:
        with open(os.path.join(ROOT, lock_of(name)), "rb") as source:
            made.update(source.read())
    return made.hexdigest()


def read(path):
    """Return a file's text, empty when there is none."""
    if not os.path.exists(path):
        return ""
    with open(path) as source:
        return source.read()


def write(path, text):
    """Write a file."""
    try:
        with open(path, "w") as out:
            out.write(text)
    except OSError as error:
        fail(_reason(str(error)) or str(error))


@contextlib.contextmanager
def alone():
    """Hold the lock of the project's folder, so that only one start installs at a time.

    Child processes inherit the lock: when this process is killed, the next start waits for its pip to end.
    """
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another start is installing packages; waiting for it ...", flush=True)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError:
        pass  # a file system without locks
    os.set_inheritable(folder, True)
    try:
        yield
    except KeyboardInterrupt:
        fail("stopped while installing; the next start does it from the beginning")
    finally:
        os.close(folder)


def make_venv(folder):
    """Make an empty virtual environment without pip. Exit with a sentence on failure."""
    # The Python that a virtual environment was made by: the one in the folder itself may be active.
    python = getattr(sys, "_base_executable", None) or sys.executable
    code, output = run([python, "-m", "venv", "--clear", "--without-pip", folder])
    if code != 0:
        last = (output.strip().splitlines() or ["no message"])[-1]
        fail(_reason(output) or "cannot make the virtual environment %s (%s)" % (folder, last))


def install_pip(python):
    """Install pip from its wheel, as ensurepip does, checked against its hash. Exit with a sentence on failure."""
    (wheel,) = glob.glob(os.path.join(glob.escape(WHEELS), "pip-*.whl"))
    command = [
        python,
        os.path.join(wheel, "pip"),
        "install",
        "--quiet",
        "--no-input",
        "--no-index",
        "--no-deps",
    ]
    command += ["--disable-pip-version-check", "--require-hashes", "--find-links", WHEELS]
    code, output = run([*command, "-r", os.path.join(ROOT, lock_of(PIP_REQUIREMENTS))])
    if code != 0:
        sys.stderr.write(output)
        fail(_reason(output) or "pip could not be installed; the lines above say why")


def pip_install(requirements, *options, python=PYTHON):
    """Install exactly what the locks list, every file checked against its hash. Exit with a sentence on failure."""
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--no-deps", *options]
    for name in requirements:
        command += ["-r", os.path.join(ROOT, lock_of(name))]
    code, output = run(command)
    if code == 0:
        return
    reason = _reason(output)
    if code > 0 and "No space left" not in output and os.path.exists(INSTALLING):
        os.remove(INSTALLING)  # pip has ended in order, before or after what it installs
    if not reason:
        sys.stderr.write("\n".join(output.strip().splitlines()[-20:]) + "\n")
    fail(reason or "the packages could not be installed; the lines above say why")


def run(command, **environment):
    """Run a program with further environment variables; return its exit code and all that it printed."""
    try:
        ran = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(os.environ, **environment),
            close_fds=False,  # the lock of alone() goes along; every other file of Python's is closed anyway
            check=False,
        )
    except OSError as error:
        return 127, str(error)
    return ran.returncode, ran.stdout.decode(errors="replace")


def _is_usable():
    """Return whether .venv is complete, made by this version of Python, and still at its original path."""
    if not os.access(PYTHON, os.X_OK) or os.path.exists(INSTALLING):
        return False
    lines = (line.partition(" = ") for line in read(os.path.join(VENV, "pyvenv.cfg")).splitlines())
    made = {key: value.strip() for key, _, value in lines}
    if made.get("version", made.get("version_info", "")).split(".")[:2] != [
        str(n) for n in sys.version_info[:2]
    ]:
        return False
    # Its programs name their Python by the folder that it was made in.
    place = re.sub(r"^(-\S+ )*", "", made.get("command", "").partition(" -m venv ")[2])
    return not place or os.path.realpath(place) == os.path.realpath(VENV)


def _install(requirements):
    if not _is_usable() or run([PYTHON, "-c", ""])[0] != 0:
        print("Making the virtual environment .venv ...", flush=True)
        make_venv(VENV)
    write(INSTALLING, "")
    if run([PYTHON, "-m", "pip", "--version"])[0] != 0:
        install_pip(PYTHON)
    print("Installing %s ..." % ", ".join(requirements), flush=True)
    pip_install(requirements)
    os.remove(INSTALLING)


def _reason(output):
    """Return a sentence for a program's error output, or an empty text when only the output itself explains it."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return "the disk of %s or %s is full: free some space and start again" % (ROOT, tempfile.gettempdir())
    if "HASHES" in output:
        return (
            "a package is not the one that was locked: see PIP_INDEX_URL and pip.conf for where it came from"
        )
    if UNREACHABLE.search(output):
        return "the package index cannot be reached: check the network, or set PIP_INDEX_URL, HTTPS_PROXY or PIP_CERT"
    if "Permission denied" in output or "Read-only file system" in output:
        return "no permission to write in %s: start it as the owner of that folder" % ROOT
    return ""
