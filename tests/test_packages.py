"""The packages of videos import each other in one direction: there are no import cycles."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "videos"


def package_of(parts):
    return Path(parts[0]).stem


def imports():
    """Return the packages, and loose modules, of videos with those that each imports."""
    modules = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in ROOT.rglob("*.py")
        if not {"tests", "migrations", "management"} & set(path.parts)
    }
    found = {package_of(path.relative_to(ROOT).parts): set() for path in modules.values()}
    for path in modules.values():
        package = package_of(path.relative_to(ROOT).parts)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "videos":
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                targets = {name if name in modules else node.module for name in names} - {"videos"}
                found[package] |= {target.split(".")[1] for target in targets}
    return {package: targets - {package} for package, targets in found.items()}


def reachable(graph, start):
    seen, waiting = set(), list(graph[start])
    while waiting:
        if (one := waiting.pop()) not in seen:
            seen.add(one)
            waiting += graph.get(one, ())
    return seen


def test_no_package_of_videos_reaches_itself():
    graph = imports()
    assert len(graph) > 40
    assert {package for package in graph if package in reachable(graph, package)} == set()
