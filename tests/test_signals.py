"""Each app defines its signals in ``signals.py`` and handles signals in receiver modules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("accounts", "playlists", "subscriptions", "videos")


def sources(app: str) -> list[Path]:
    """Return the app's modules, tests excluded."""
    return [path for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts]


def defines_signal(tree: ast.Module) -> bool:
    """Return whether a module creates a ``Signal``."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Signal"
        for node in ast.walk(tree)
    )


def handles_signal(tree: ast.Module) -> bool:
    """Return whether a module connects a receiver."""
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "receiver")
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "connect" and bool(node.args))
        )
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize("app", APPS)
def test_signals_are_defined_in_signals_and_handled_in_receivers(app):
    modules = {path: ast.parse(path.read_text()) for path in sources(app)}
    defining = {path.name for path, tree in modules.items() if defines_signal(tree)}
    handling = {path.name for path, tree in modules.items() if handles_signal(tree)}
    assert defining == {"signals.py"}
    assert handling
    assert all(name.endswith("receivers.py") for name in handling), handling
