"""The project that the site's apps stand on."""

import os
import tomllib
from pathlib import Path


def _read_version() -> str:
    """Return the version in ``pyproject.toml``, the only place that states it."""
    text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


__version__ = _read_version()

# Every process of the site imports this first. What they write is for the owner and the group, and for nobody else on
# the machine: folders 0750, files 0640, and tighter where it says so.
os.umask(0o027)
