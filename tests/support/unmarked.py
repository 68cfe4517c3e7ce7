"""Print the texts that people see and that are not marked for translation, and words that the glossary replaces.

    python -m tests.support.unmarked [FILE OR FOLDER ...]

Without arguments it looks through templates, scripts and the product's Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.catalogs import code, extraction, glossary, scripts, templates
from tests.support.catalogs.templates import Unmarked


def find_unmarked(paths: list[Path]) -> list[Unmarked]:
    """Return the unmarked texts of files and folders; of everything when there are none."""
    wanted = [path.resolve() for path in paths]

    def chosen(files: list[Path]) -> list[Path]:
        return [file for file in files if not wanted or any(file.is_relative_to(path) for path in wanted)]

    return [
        *(found for path in chosen(extraction.template_files()) for found in templates.find(path)),
        *(found for path in chosen(extraction.script_files()) for found in scripts.find(path)),
        *(found for path in chosen(extraction.python_files()) for found in code.find(path)),
    ]


def find_replaced(paths: list[Path]) -> list[tuple[str, str, str]]:
    """Return ``(file, word, text)`` of marked texts with words that the glossary replaces."""
    names = [str(path.resolve().relative_to(extraction.ROOT)) for path in paths]
    found = []
    for domain in extraction.DOMAINS:
        for message in extraction.messages_of(domain):
            if names and not any(
                message.file == name or message.file.startswith(f"{name}/") for name in names
            ):
                continue
            for text in [message.text] if isinstance(message.text, str) else message.text:
                found += [(message.file, word, text) for word in glossary.find_banned(text)]
    return found


def main() -> int:
    """Print both lists, and return 1 if one has entries."""
    paths = [Path(argument) for argument in sys.argv[1:]]
    unmarked, replaced = find_unmarked(paths), find_replaced(paths)
    lines = [f"{found.file}:{found.line}: unmarked: {found.text}" for found in unmarked]
    lines += [f"{file}: {word!r} in: {text}" for file, word, text in replaced]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.write(f"{len(unmarked)} unmarked, {len(replaced)} with replaced words\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
