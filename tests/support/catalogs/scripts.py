"""Find texts in the site's modules that people see and that are not marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.jslexer import tokenize

from tests.support.catalogs.extraction import ROOT
from tests.support.catalogs.templates import Unmarked

COMMENTS = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.S | re.M)
MARKERS = {"gettext", "ngettext"}
# A capitalized word or two words in lower case: a label or a sentence.
SENTENCE = re.compile(r"^[A-Z][a-z]+('\w+)?([ ,.!?…:]|$)|[a-z,]{2,} [a-z]{2,}")
# Selectors, markup, classes, headers and types are not for people.
FOR_PROGRAMS = re.compile(
    r"^(a|button|input|select|textarea|video)(, (a|button|input|select|textarea|video))+$|^[.#\[:]|[\[\]{}=<>]|--"
    r"|\w-\w+ \w+-|^[A-Z][a-z]+(-[A-Z][a-z]+)+$|^[a-z]+\.[a-z]|^use strict$"
)
# Names of keys, of methods and of errors that browsers define.
NAMES = {
    *(
        "Escape",
        "Enter",
        "Tab",
        "Home",
        "End",
        "Space",
        "Delete",
        "Backspace",
        "Shift",
        "Control",
        "Accept",
        "Cookie",
    ),
    *(
        "PageUp",
        "PageDown",
        "Authorization",
        "Location",
        "Date",
        "Range",
        "Origin",
        "Upload",
        "Bearer",
        "Arrow",
    ),
    *("Element", "Promise", "Infinity", "Etc", "Streamsite", "Files"),
}


# Texts that other programs read, by file.
LEFT_OUT = {("static/js/embed-playlist.js", "This video can't be shown on this site")}


def find(path: Path) -> Iterator[Unmarked]:
    """Find unmarked texts of a module. Texts of errors that are thrown and of the console are for developers."""
    source = COMMENTS.sub(_as_lines, path.read_text())
    name = str(path.relative_to(ROOT))
    recent: list[str] = []
    found: Unmarked | None = None
    for token in tokenize(source, jsx=False, dotted=False, template_string=False):
        if found is not None and token.value != ":":  # the key of an object is no text
            yield found
        found = None
        value = token.value[1:-1]
        is_literal = token.type in {"string", "template_string"} and (name, value) not in LEFT_OUT
        if is_literal and _is_text(value) and not _is_marked(recent):
            found = Unmarked(name, token.lineno, value)
        if token.type not in {"linecomment", "multilinecomment"}:
            recent = [*recent, token.value][-12:]


def _as_lines(match: re.Match[str]) -> str:
    """Return as many lines as the comment has: apostrophes in it would confuse the lexer."""
    return "\n" * match[0].count("\n")


def _is_text(value: str) -> bool:
    bare = re.sub(r"\$\{[^}]*\}", "", value).strip()
    if bare in NAMES or not SENTENCE.search(bare):
        return False
    return not FOR_PROGRAMS.search(bare) and not re.fullmatch(r"[a-z0-9-]+( [a-z0-9-]+)*", bare)


def _is_marked(recent: list[str]) -> bool:
    """Return whether the call around a text marks it, or is for developers."""
    depth = 0
    for place in range(len(recent) - 1, 0, -1):
        if recent[place] == ")":
            depth += 1
        elif recent[place] == "(":
            depth -= 1
            if depth < 0:
                caller = recent[place - 1]
                return (
                    caller in MARKERS
                    or caller.endswith("Error")
                    or "console" in recent[max(0, place - 3) : place]
                )
        elif recent[place] in {"import", "from"} and depth == 0:
            return True
    return False
