"""Each part of the code imports only what the requirement sets that it may count on pin.

``script/test-requirements`` installs each set by itself and starts what it is for.
"""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.test_locks import pinned

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite")
# The only code that may import what an optional set brings, and nothing imports it where the set is not wanted.
OPTIONAL = {
    "streamsite/tasks/celery.py": "requirements-celery",
    "streamsite/tasks/celery_app.py": "requirements-celery",
    "videos/files/bucket_check.py": "requirements-s3",  # in the check of a bucket that is set
    "videos/files/s3.py": "requirements-s3",
    "streamsite/s3_client.py": "requirements-s3",
    "streamsite/s3_errors.py": "requirements-s3",
    "streamsite/backup/bucket_target.py": "requirements-s3",  # for backups in a bucket
    "streamsite/telemetry/sentry.py": "requirements-sentry",
    "streamsite/telemetry/tracing.py": "requirements-otel",
}
# What the environment of the tests has besides.
OF_TESTS = ("requirements-dev", "requirements-s3", "requirements-sentry", "requirements-otel")
# Of a set that the tests' environment does not have: which package brings a module.
BROUGHT_BY = {"celery": ["celery"], "kombu": ["kombu"]}


def parts():
    """Return the files of the code by the locks that they may count on."""
    found = {("requirements",): [ROOT / "manage.py"]}
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        is_test = {"tests", "testing"} & set(path.relative_to(ROOT).parts)
        sets = OF_TESTS if is_test else ()
        optional = OPTIONAL.get(str(path.relative_to(ROOT)))
        found.setdefault(("requirements", *sets, *([optional] if optional else [])), []).append(path)
    tests = [path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    found[("requirements", *OF_TESTS)] += tests
    return found


def test_the_python_client_needs_only_what_it_declares():
    """And the tests' environment has that, with the progress bars of the extra."""
    declared = {"httpx", "rich", "streamsite_client"}
    files = list((ROOT / "clients" / "python" / "src").rglob("*.py"))
    assert files
    assert set().union(*map(imported, files)) <= declared
    assert {"httpx", "rich"} <= set(pinned(ROOT / "requirements-dev.lock"))


def imported(path):
    """Return the names of the packages that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.split(".")[0] for name in modules} - sys.stdlib_module_names


@pytest.mark.parametrize(("sets", "files"), parts().items(), ids=lambda part: "+".join(map(str, part))[:60])
def test_what_is_imported_is_pinned(sets, files):
    locked = {name for part in sets for name in pinned(ROOT / f"{part}.lock")}
    brought = {**packages_distributions(), **BROUGHT_BY}
    folders = (ROOT, ROOT / "script", ROOT / "clients" / "python" / "src")
    own = {path.stem for folder in folders for path in folder.iterdir()}
    # Made by tests.
    own |= {"inspected", "streamsite_api"}
    missing = set()
    for path in files:
        for name in imported(path) - own:
            is_beside = (path.parent / f"{name}.py").exists()  # for a program that is run as a file
            if not is_beside and not locked & {canonicalize_name(found) for found in brought.get(name, [])}:
                missing.add(f"{path.relative_to(ROOT)} imports {name}")
    assert missing == set()


def test_the_optional_parts_are_where_they_are_said_to_be():
    locked = set(pinned(ROOT / "requirements.lock"))
    for place, part in OPTIONAL.items():
        added = set(pinned(ROOT / f"{part}.lock")) - locked
        brought = {**packages_distributions(), **BROUGHT_BY}
        needed = {
            canonicalize_name(package) for name in imported(ROOT / place) for package in brought.get(name, [])
        }
        assert needed & added, place
