"""An image as deploy/Dockerfile makes it, and the machine it runs on (``script/test-deploy``)."""

import fnmatch
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from tests.support.clips import make_clip
from tests.support.deploy import files, standins
from tests.support.deploy.containers import Container

# Its value is the network in which packages can be had.
NEEDED = "STREAMSITE_DEPLOY_TRIALS"  # set by script/test-deploy, in a network of its own

# Set for trials of one's own: this checkout's packages instead of those that the Dockerfile installs.
QUICK = "STREAMSITE_DEPLOY_QUICK"


def pytest_collection_modifyitems(items):
    if NEEDED not in os.environ:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="run by script/test-deploy, as root"))


@pytest.fixture(scope="session")
def machine():
    """A file system of its own, because no layer of an overlay may lie within another one."""
    folder = Path(tempfile.mkdtemp(prefix="streamsite-deploy-", dir="/var/tmp"))
    os.umask(0o022)  # an image's files are for everyone; the site's own processes set theirs
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


def context(source):
    """Return the files that ``COPY . .`` would copy: all but what .dockerignore names."""
    patterns = [line for line in (source / ".dockerignore").read_text().splitlines() if line]
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=source,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        parts = Path(name).parts
        starts = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        plain = [pattern.removeprefix("**/") for pattern in patterns if pattern.startswith("**/")]
        if any(fnmatch.fnmatch(start, pattern) for start in starts for pattern in patterns):
            continue
        if not any(fnmatch.fnmatch(part, pattern) for part in parts for pattern in plain):
            yield name


@pytest.fixture(scope="session")
def layer(machine):
    """A folder with what the Dockerfile's steps write, in their order, over this machine's files."""
    image, target = files.parse_dockerfile(), machine / "image" / "layer"
    directory = target / image.directory.lstrip("/")
    directory.mkdir(parents=True)

    def run(number, command):
        step = Container(
            f"step-{number}", machine / "image", ["sh", "-c", command], image.environment, target, keeps=True,
            directory=image.directory, network=os.environ[NEEDED],
        )  # fmt: skip
        assert step.run(seconds=500) == 0, step.output()

    # The machine's own Python, which every user may run, and not one in somebody's home.
    run(0, "/usr/bin/python3 -m venv --without-pip /opt/python")
    (packages,) = (target / "opt" / "python" / "lib").glob("*/site-packages")
    if QUICK in os.environ:
        packages.rmdir()
        shutil.copytree(sysconfig.get_paths()["purelib"], packages, symlinks=True)
    pip = target / "opt" / "python" / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec {sys.executable} -m pip --python /opt/python/bin/python "$@"\n')
    pip.chmod(0o755)
    for number, (name, text) in enumerate(image.steps, 1):
        if name == "COPY":
            *sources, _ = text.split()
            names = list(context(files.ROOT)) if sources == ["."] else [
                path.name for source in sources for path in files.ROOT.glob(source)
            ]  # fmt: skip
            for each in names:
                (directory / each).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(files.ROOT / each, directory / each)
        elif name == "RUN" and not (QUICK in os.environ and text.startswith("pip ")):
            run(number, text)
    return target


@pytest.fixture(scope="session")
def trial_clip(machine):
    return make_clip(machine / "clip.mp4", seconds=2, size=(320, 180), fps=24)


@pytest.fixture(scope="session")
def names(machine):
    """The names of the site and of compose's services lead to this network."""
    hosts = machine / "hosts"
    hosts.write_text(standins.HOSTS)
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
    yield
    subprocess.run(["umount", "/etc/hosts"], check=True)
