"""npm packages: programs of other people that tests use the site with.

``tests/clients/packages.json`` pins single files by version and hash; a folder with a ``package-lock.json`` is
installed whole. npm fetches each once, from the registry that it is configured for, into the user's cache folder.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.support.node import NPM
from tests.support.stack import ROOT

PINNED = ROOT / "tests" / "clients" / "packages.json"
FETCH_SECONDS = 240


class NpmMissingError(Exception):
    """A package is not in the cache and npm cannot fetch it; the message says why in one line."""


def names() -> list[str]:
    """Return the names of all pinned packages."""
    return list(json.loads(PINNED.read_text()))


def file_of(name: str) -> Path:
    """Return the pinned file of the package ``name``. Raises ``NpmMissingError``."""
    pinned = json.loads(PINNED.read_text())[name]
    key = hashlib.sha256(f"{pinned['integrity']}\n{pinned['file']}".encode()).hexdigest()[:12]
    kept = _cache() / f"{name}-{pinned['version']}-{key}.js"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            archive = _fetch(f"{name}@{pinned['version']}", Path(folder), pinned["integrity"])
            made = Path(folder) / kept.name
            made.write_bytes(_member(archive, f"package/{pinned['file']}"))
            made.replace(kept)
    return kept


def installed(folder: Path) -> Path:
    """Return the ``node_modules`` of the lock file in ``folder``. Raises ``NpmMissingError``."""
    lock = (folder / "package-lock.json").read_bytes()
    kept = _cache() / f"{folder.name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as made:
            new = Path(made) / kept.name
            new.mkdir()
            for name in ("package.json", "package-lock.json"):
                (new / name).write_bytes((folder / name).read_bytes())
            _install(new)
            with suppress(OSError):  # another process was faster
                new.rename(kept)
    return kept / "node_modules"


def _install(folder: Path) -> None:
    command = [*NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False, cwd=folder
    )
    if done.returncode:
        reason = " ".join((done.stderr or done.stdout).split())[-300:]
        raise NpmMissingError(f"npm cannot install the packages of {folder.name}: {reason}")


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "streamsite-tests" / "npm"


def _fetch(package: str, folder: Path, integrity: str) -> Path:
    command = [*NPM, "pack", package, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False, cwd=folder
    )
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        reason = " ".join(done.stderr.split())[-300:]
        raise NpmMissingError(f"npm cannot fetch {package}: {reason}")
    digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if integrity != f"sha512-{digest}":
        raise NpmMissingError(f"{package} is not what {PINNED.name} pins: its hash is sha512-{digest}")
    return archives[0]


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as files:
        content = files.extractfile(name)
        if content is None:
            raise NpmMissingError(f"{archive.name} has no {name}")
        return content.read()
