"""Find texts in templates that people see and that are not marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.catalogs.extraction import ROOT

TOKEN = re.compile(r"{%-?\s*(.*?)\s*%}|{{\s*(.*?)\s*}}|{#.*?#}", re.S)
# What stands for a value or a marked text: no letter, and not a space.
FILLED = "\ufffc"
SKIPPED = re.compile(
    r"<!--.*?-->|<(script|style|code|pre|kbd)\b[^>]*>.*?</\1>|<!doctype[^>]*>|&#?\w+;", re.S | re.I
)
TAG = re.compile(r"<(/?[a-zA-Z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
VISIBLE = ("aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt", "label")
ATTRIBUTE = re.compile(r"\b([\w-]+)\s*=\s*(\"([^\"]*)\"|'([^']*)')")
# Blocks that hold classes or attributes.
NAMES_BLOCK = re.compile(r"(class|classes|attributes|width)$|_mod$")
LETTERS = re.compile(r"[^\W\d_]{2,}")
TEXT_IN_TAG = re.compile(r"(_\()?(\"[^\"]*\"|'[^']*')")
# Filters whose arguments people see.
SHOWN_BY_FILTER = re.compile(r"\|(default|default_if_none|yesno|add|pluralize)(?::(\"[^\"]*\"|'[^']*'))?")
# Texts that are the same in every language.
SAME_EVERYWHERE = {
    *(
        "Streamsite",
        "API",
        "RSS",
        "URL",
        "HLS",
        "SVG",
        "JSON",
        "CSV",
        "OPML",
        "ID",
        "QR",
        "IP",
        "HTTP",
        "MongoDB",
    ),
    *(
        "WebVTT",
        "UTF",
        "WebP",
        "JPEG",
        "PNG",
        "GIF",
        "JavaScript",
        "cURL",
        "Python",
        "Node",
        "Express",
        "OpenAPI",
    ),
    *("min", "https", "http", "Markdown", "FastAPI", "Django", "React"),
}
# Files whose text is not for people, or is one document in English by decision; each with its reason.
LEFT_OUT = {
    "templates/videos/robots.txt": "read by crawlers",
    "templates/components/mark_attributes.html": "attributes inside another template's tag",
}


class Unmarked(NamedTuple):
    """A text and its place."""

    file: str
    line: int
    text: str


def find(path: Path) -> Iterator[Unmarked]:
    """Find unmarked texts of a template: between tags, in attributes, and in arguments of Django's tags."""
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    if name in LEFT_OUT:
        return
    source = path.read_text()
    for offset, text in (*_texts(source, is_html=path.suffix == ".html"), *_arguments(source)):
        words = LETTERS.findall(text)
        if any(word not in SAME_EVERYWHERE for word in words):
            yield Unmarked(name, source.count("\n", 0, offset) + 1, " ".join(text.split()))


def _blank(text: str, fill: str = " ") -> str:
    """Return a text of the same length that shows nothing."""
    return fill + re.sub(r"\S", " ", text[1:]) if text else ""


def _without_tags_of_django(source: str) -> str:
    """Replace Django's tags, and all that they translate, by as many blanks."""
    parts, end, closing = [], 0, ""
    for match in TOKEN.finditer(source):
        before, end_before = source[end : match.start()], match.end()
        command = (match[1] or "").split(" ")[0]
        parts.append(_blank(before) if closing else before)
        shown = bool(match[2]) or command in {"translate", "trans", "blocktranslate", "blocktrans"}
        parts.append(_blank(match[0], FILLED if shown and not closing else " "))
        end = end_before
        if closing:
            closing = "" if command == closing else closing
        elif command == "block" and NAMES_BLOCK.search(match[1]):
            closing = "endblock"
        elif command in {"blocktranslate", "blocktrans", "comment", "verbatim"}:
            closing = f"end{command}"
    parts.append(source[end:])
    return "".join(parts)


def _texts(source: str, *, is_html: bool) -> Iterator[tuple[int, str]]:
    left = _without_tags_of_django(source)
    if not is_html:
        for line in re.finditer(r"[^\n]+", left):
            yield line.start(), line[0].replace(FILLED, " ")
        return
    left = SKIPPED.sub(lambda match: _blank(match[0], FILLED), left)
    end = 0
    for tag in TAG.finditer(left):
        yield end, left[end : tag.start()].replace(FILLED, " ")
        yield from _attributes(tag)
        end = tag.end()
    yield end, left[end:].replace(FILLED, " ")


def _attributes(tag: re.Match[str]) -> Iterator[tuple[int, str]]:
    found = {
        match[1].lower(): (match.start(), match[3] or match[4] or "") for match in ATTRIBUTE.finditer(tag[2])
    }
    names = [*VISIBLE]
    if tag[1].lower() == "input" and found.get("type", (0, ""))[1] in {"submit", "button", "reset"}:
        names.append("value")
    described = found.get("name", found.get("property", (0, "")))[1]
    if tag[1].lower() == "meta" and "description" in described:
        names.append("content")
    for name in names:
        if name in found and (tag[1].lower(), name) not in {("link", "title"), ("track", "label")}:
            yield tag.start(2) + found[name][0], found[name][1].replace(FILLED, " ")


def _arguments(source: str) -> Iterator[tuple[int, str]]:
    """Find sentences in ``with`` and ``include``, and in filters that show their argument."""
    for match in TOKEN.finditer(source):
        content = match[1] or match[2] or ""
        command = content.split(" ")[0] if match[1] else ""
        if command in {"if", "elif", "url", "static", "load", "extends", "icon", "comment", "ifchanged"}:
            continue
        for shown in SHOWN_BY_FILTER.finditer(content):
            if shown[1] == "pluralize":
                yield match.start(), "pluralize"
            elif shown[2] and _reads_as_text(shown[2][1:-1]):
                yield match.start(), shown[2][1:-1]
        if command in {"with", "include"}:
            for text in TEXT_IN_TAG.finditer(content):
                if not text[1] and _reads_as_text(text[2][1:-1]):
                    yield match.start(), text[2][1:-1]


def _reads_as_text(value: str) -> bool:
    """Return whether a text in a tag is a sentence or a label, not a name such as ``card`` or a path."""
    return bool(re.match(r"[A-Z][a-z]", value) or re.search(r"[a-z] [a-z]", value)) and "/" not in value
