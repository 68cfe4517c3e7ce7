"""No module needs another one that needs it back, not even by an import within a function.

The database engine's compiler is recursive by nature (a condition may hold a query, a query holds conditions): there,
imports within functions do not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.test_rules import ROOT, sources

ENGINE = ROOT / "streamsite" / "mongo" / "engine"


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(node: ast.AST, *, also_within_functions: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import below a node but those for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.FunctionDef) and not also_within_functions:
            continue
        elif not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from imports(child, also_within_functions=also_within_functions)


def needed(path: Path, modules: set[str]) -> set[str]:
    """Return the modules of the site that a file imports; of a package only the names it imports."""
    found = set()
    is_lazy_allowed = path.is_relative_to(ENGINE)
    for node in imports(ast.parse(path.read_text()), also_within_functions=not is_lazy_allowed):
        if isinstance(node, ast.Import):
            names = [[alias.name] for alias in node.names]
        else:
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [[f"{base}.{alias.name}", base] for alias in node.names]
        found |= {name for choice in names if (name := next(filter(modules.__contains__, choice), None))}
    return found - {module_of(path)}


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return a cycle of imports; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_imports_form_a_cycle():
    paths = {module_of(path): path for path in sources()}
    assert find_cycle({name: needed(path, set(paths)) for name, path in paths.items()}) == []


def test_a_cycle_would_be_found():
    modules = {"tests.test_rules", "tests.test_import_cycles"}
    graph = {"tests.test_import_cycles": needed(Path(__file__), modules), "tests.test_rules": set()}
    assert find_cycle(graph) == []
    graph["tests.test_rules"] = {"tests.test_import_cycles"}
    assert set(find_cycle(graph)) == modules
