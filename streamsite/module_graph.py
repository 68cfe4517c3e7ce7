"""The modules that a script imports, so that pages can name them before the browser finds them one by one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

# ``import ... from "./x.js"``, ``import "./x.js"`` and ``export ... from "./x.js"``; not ``import("./x.js")``, which is
# loaded when it is needed.
_STATIC_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"'();=]*["'](\.{1,2}/[^"']+)["']""", re.M)


def direct_imports(name: str, source: str) -> list[str]:
    """Return the static files that the module ``name`` with this ``source`` imports when it is loaded."""
    folder = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(folder, found)) for found in _STATIC_IMPORT.findall(source)]


def all_imports(name: str) -> tuple[str, ...]:
    """Return the static files that the module ``name`` needs at any depth, those nearest to it first."""
    return _walk(name) if settings.DEBUG else _walk_once(name)


@lru_cache(maxsize=200)
def _walk_once(name: str) -> tuple[str, ...]:
    return _walk(name)


def _walk(name: str) -> tuple[str, ...]:
    found, waiting = [name], 0
    while waiting < len(found):
        found.extend(other for other in _imports_of(found[waiting]) if other not in found)
        waiting += 1
    return tuple(found[1:])


def _imports_of(name: str) -> Iterator[str]:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"a script imports {name}, which does not exist")
    seen = dict.fromkeys(direct_imports(name, Path(path).read_text()))
    yield from seen
