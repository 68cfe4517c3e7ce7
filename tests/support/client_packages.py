"""The packages in ``clients/`` as they are published: ``python -m tests.support.client_packages FOLDER``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import npm
from tests.support.node import NODE, NPM
from tests.support.stack import ROOT

CLIENTS = ROOT / "clients"
PYTHON = ("python", "yt-dlp-streamsite")
JAVASCRIPT = ("js",)
LEFT_BEHIND = shutil.ignore_patterns("build", "dist", "types", "node_modules", "*.egg-info", "__pycache__")
BUILD_SECONDS = 240


class BuildError(Exception):
    """A package cannot be built; the message is what the tool said."""


def build(target: Path) -> list[Path]:
    """Build all packages into ``target``; return the files. Raises ``BuildError``, ``NpmMissingError``."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in PYTHON:
            source = _copy(name, Path(folder))
            _run(
                [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(source)],
                source,
            )
        for name in JAVASCRIPT:
            source = _copy(name, Path(folder))
            (source / "node_modules").symlink_to(npm.installed(CLIENTS / name))
            _run([*NPM, "pack", "--silent", "--pack-destination", str(target)], source)
    return sorted(target.iterdir())


def _copy(name: str, folder: Path) -> Path:
    """Return a copy of a package's folder with the license, which is kept once in this repository."""
    made = folder / name
    shutil.copytree(CLIENTS / name, made, ignore=LEFT_BEHIND)
    shutil.copy(ROOT / "LICENSE", made)
    return made


def _run(command: list[str], folder: Path) -> None:
    # Tools that npm starts look for Node on the path.
    environment = os.environ | {"PATH": f"{Path(NODE).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{folder.name}: {(done.stdout + done.stderr)[-2000:]}")


def main() -> int:
    """Build into the folder that the command line names, and print the files."""
    if len(sys.argv) != 2:
        sys.stderr.write("Name the folder for the packages.\n")
        return 2
    try:
        files = build(Path(sys.argv[1]).resolve())
    except (BuildError, npm.NpmMissingError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
