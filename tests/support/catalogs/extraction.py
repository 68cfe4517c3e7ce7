"""Find the marked texts of the source: in Python, templates and scripts. No gettext programs are needed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DOMAINS = ("django", "djangojs")
PACKAGES = ("accounts", "demo", "playlists", "streamsite", "subscriptions", "takeout", "videos")
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], None),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
# Babel knows Python's lazy functions by other names.
COMMENT = "Translators:"


class Message(NamedTuple):
    """One marked text and the file that contains it."""

    file: str
    text: str | tuple[str, str]
    context: str | None
    comments: list[str]


def python_files() -> list[Path]:
    """Return the product's Python files that speak to people: not tests, nor what operators read."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    left_out = {"tests", "migrations", "management", "engine", "mongo", "supervisor"}
    return sorted(path for path in found if not left_out & set(path.relative_to(ROOT).parts))


def template_files() -> list[Path]:
    """Return every template."""
    folders = [ROOT / "templates", *(ROOT / package / "templates" for package in PACKAGES)]
    found = (path for folder in folders for path in folder.rglob("*"))
    return sorted(path for path in found if path.suffix in {".html", ".txt", ".xml"})


def script_files() -> list[Path]:
    """Return the site's own modules."""
    found = (ROOT / "static" / "js").rglob("*.js")
    return sorted(path for path in found if "catalogs" not in path.parts)


def _extract(path: Path, method: str, content: bytes) -> Iterator[Message]:
    name = str(path.relative_to(ROOT))
    found = extract(method, io.BytesIO(content), KEYWORDS, [COMMENT], {"encoding": "utf-8"})  # type: ignore[arg-type]
    for _, text, comments, context in found:
        yield Message(name, text, context, [comment.strip() for comment in comments])  # type: ignore[arg-type]


def messages_of_template(path: Path) -> Iterator[Message]:
    """Find what a template marks, by Django's own reading of it."""
    as_python = templatize(path.read_text(), origin=str(path))
    # Text of the page has become a row of X; its indentation would be that of Python.
    lines = (line.strip() for line in as_python.splitlines())
    yield from _extract(path, "python", "\n".join(lines).encode())


def messages_of(domain: str) -> Iterator[Message]:
    """Find every marked text of a domain: ``django`` or ``djangojs``."""
    if domain == "djangojs":
        for path in script_files():
            yield from _extract(path, "javascript", path.read_bytes())
        return
    for path in python_files():
        yield from _extract(path, "python", path.read_bytes())
    for path in template_files():
        yield from messages_of_template(path)


def source_catalog(domain: str) -> Catalog:
    """Return the catalog of the source: every text once, with the files that contain it."""
    catalog = Catalog(project="Streamsite", charset="utf-8", fuzzy=False)
    for message in messages_of(domain):
        text = message.text
        flags = ("python-format",) if _is_format(text) else ()
        catalog.add(
            text,
            None,
            [(message.file, None)],  # type: ignore[list-item]  # without lines, which would change all the time
            flags=flags,
            auto_comments=message.comments,
            context=message.context,
        )
    return catalog


PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _is_format(text: str | tuple[str, str]) -> bool:
    return bool(PLACEHOLDER.search(text if isinstance(text, str) else " ".join(text)))
