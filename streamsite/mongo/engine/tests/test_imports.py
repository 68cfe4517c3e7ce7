"""The engine is a library: it knows Django, djongo and pymongo, and nothing of the site that it lives in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parent.parent
ROOT = ENGINE.parent.parent.parent
PACKAGE = "streamsite.mongo.engine"
SITE = {"accounts", "videos", "playlists", "subscriptions", "takeout", "demo", "streamsite", "tests"}
# What its tests share with the site's: recorders of commands, certificates, and how a server is started.
SHARED = ("tests.support", "streamsite.mongo.binary", "streamsite.mongo.server")


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_of_site(name: str) -> bool:
    """Return whether a dotted name belongs to the site and not to the engine."""
    return name.partition(".")[0] in SITE and not f"{name}.".startswith(f"{PACKAGE}.")


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda path: str(path.relative_to(ENGINE)))
def test_a_module_imports_nothing_of_the_site(path: Path) -> None:
    is_test = path.is_relative_to(ENGINE / "tests")
    found = [
        name for name in imported(path) if is_of_site(name) and not (is_test and name.startswith(SHARED))
    ]
    assert found == []


def test_the_engine_works_without_the_site() -> None:
    """In a process that cannot import any of the site's other modules, with settings of its own."""
    code = f"""
import sys, importlib.abc

class Closed(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        allowed = ("streamsite", "streamsite.mongo", "{PACKAGE}")
        if name.partition(".")[0] in {SITE!r} and name not in allowed and not name.startswith("{PACKAGE}."):
            raise ImportError(f"the engine imports {{name}}")

sys.meta_path.insert(0, Closed())
import django
from django.conf import settings
settings.configure(
    DATABASES={{"default": {{"ENGINE": "{PACKAGE}", "NAME": "x", "CLIENT": {{"host": "mongodb://127.0.0.1:1/"}}}}}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
)
django.setup()
import pkgutil, importlib, {PACKAGE} as engine
for module in pkgutil.walk_packages(engine.__path__, "{PACKAGE}."):
    if not module.name.startswith("{PACKAGE}.tests"):
        importlib.import_module(module.name)
from django.contrib.auth.models import User
print(User.objects.filter(username="a").exclude(email=None).query.get_compiler("default").as_sql()[0])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
