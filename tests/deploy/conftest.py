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
from tests.support.deploy.dockerfile import parse_dockerfile

# Its value is the network in which packages can be had.
NEEDED = "STREAMSITE_DEPLOY_TRIALS"  # set by script/test-deploy, in a network of its own

# Set for trials of one's own: this checkout's packages instead of those that the Dockerfile installs.
QUICK = "STREAMSITE_DEPLOY_QUICK"


# The first test of a run builds the image.
SECONDS = 600


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(SECONDS))
            if NEEDED not in os.environ:
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


class Builder:
    """Writes what the Dockerfile's steps write, in their order, over this machine's files: a folder for each stage."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.built = folder, {}
        # The base image's Python is the machine's own, which every user may run, and not one in somebody's home.
        self.base = self.folder / "base" / "layer"
        self.base.mkdir(parents=True)
        self.run(self.base, "python", "/usr/bin/python3 -m venv --without-pip /opt/python")
        pip = self.base / "opt" / "python" / "bin" / "pip"
        pip.write_text(f'#!/bin/sh\nexec {sys.executable} -m pip "$@"\n')
        pip.chmod(0o755)

    def run(self, layer, name, command, environment=None, directory="/"):
        step = Container(
            f"step-{name}", self.folder, ["sh", "-c", command], environment or {}, layer, keeps=True,
            directory=directory, network=os.environ[NEEDED],
        )  # fmt: skip
        assert step.run(seconds=500) == 0, step.output()

    def build(self, stage):
        """Carry out one stage; return its folder."""
        layer = self.built[stage.name] = self.folder / (stage.name or "image") / "layer"
        shutil.copytree(self.base, layer, symlinks=True)
        for number, (name, text) in enumerate(stage.steps, 1):
            directory = layer / stage.directory.lstrip("/")
            directory.mkdir(parents=True, exist_ok=True)
            if name == "COPY":
                self.copy(text.split(), layer, directory)
            elif name == "RUN" and QUICK in os.environ and " pip " in f" {text}":
                (packages,) = (layer / "opt" / "venv" / "lib").glob("*/site-packages")
                packages.rmdir()
                shutil.copytree(sysconfig.get_paths()["purelib"], packages, symlinks=True)
            elif name == "RUN":
                variables = stage.arguments | stage.environment
                self.run(layer, f"{stage.name}-{number}", text, variables, stage.directory)
        return layer

    def copy(self, words, layer, directory):
        if words[0].startswith("--from="):
            _, source, target = words
            built = self.built[words[0].removeprefix("--from=")]
            shutil.copytree(built / source.lstrip("/"), layer / target.lstrip("/"), symlinks=True)
            return
        *sources, _ = words
        names = list(context(files.ROOT)) if sources == ["."] else [
            path.name for source in sources for path in files.ROOT.glob(source)
        ]  # fmt: skip
        for each in names:
            (directory / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(files.ROOT / each, directory / each)


@pytest.fixture(scope="session")
def layer(machine):
    """A folder with what the image's files are, over this machine's."""
    builder = Builder(machine / "image")
    return [builder.build(stage) for stage in parse_dockerfile().stages][-1]


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
