"""What the scripts share: a virtual environment with the pinned packages, made when missing or outdated.

Standard library only, and readable by old Pythons, so that the error about the version is a sentence.
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


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


def ensure(*requirements):
    """Return the virtual environment's Python after installing the requirement files when they changed."""
    if sys.version_info < (3, 11):
        fail("Python 3.11 or newer is needed; this is %d.%d" % sys.version_info[:2])
    stamp_path = os.path.join(VENV, ".requirements-%s" % "-".join(sorted(requirements)))
    digest = hashlib.sha256(sys.version.encode())
    for name in requirements:
        with open(os.path.join(ROOT, name), "rb") as source:
            digest.update(source.read())
    stamp = digest.hexdigest()
    if os.path.exists(PYTHON) and os.path.exists(stamp_path):
        with open(stamp_path) as kept:
            if kept.read() == stamp:
                return PYTHON
    _make(requirements)
    with open(stamp_path, "w") as kept:
        kept.write(stamp)
    return PYTHON


def _make(requirements):
    if not os.path.exists(PYTHON) or not _works():
        print("Making the virtual environment .venv ...", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        except (subprocess.CalledProcessError, OSError):
            fail("cannot make a virtual environment; on Debian/Ubuntu run 'apt-get install python3-venv'")
    print("Installing %s ..." % ", ".join(requirements), flush=True)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    for name in requirements:
        command += ["-r", os.path.join(ROOT, name)]
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
