"""Read, update, check and compile the catalogs under ``locale/``."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from streamsite.settings.languages import LANGUAGE_CODE, LANGUAGES
from tests.support.catalogs.extraction import DOMAINS, PLACEHOLDER, ROOT, source_catalog

LOCALE = ROOT / "locale"
SCRIPTS = ROOT / "static" / "js" / "catalogs"
TRANSLATED = [code for code, _ in LANGUAGES if code != LANGUAGE_CODE]
# Placeholders of Python, and of the player's components.
FILLED_IN = re.compile(rf"{PLACEHOLDER.pattern}|\{{\w+\}}")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
HEADER = "Texts of {domain} in {language}. See docs/translating.md."


def po_path(language: str, domain: str) -> Path:
    """Return the file with the translations of a domain."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    """Return the catalog of a language, an empty one when there is none."""
    path = po_path(language, domain)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def updated(language: str, source: Catalog, domain: str) -> Catalog:
    """Return the catalog with exactly the source's texts: known translations kept, others empty."""
    former = read(language, domain)
    catalog = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in source:
        if not message.id:
            continue
        known = former.get(message.id, message.context)
        string = known.string if known is not None and not known.fuzzy else None
        if isinstance(message.id, tuple) != isinstance(string, tuple):
            string = None
        flags = {flag for flag in message.flags if flag != "fuzzy"}
        catalog.add(
            message.id,
            string,
            message.locations,
            flags=flags,
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known is not None else (),
            context=message.context,
        )
    return catalog


def po_content(catalog: Catalog, language: str, domain: str) -> bytes:
    """Return the ``.po`` file: sorted by text, without lines and dates, so that it changes only with the texts."""
    plural = get_plural(language)
    catalog.header_comment = f"# {HEADER.format(domain=domain, language=language)}"
    catalog.num_plurals, catalog.plural_expr  # noqa: B018 - computed from the locale
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, sort_output=True, include_lineno=False, omit_header=True)
    header = (
        f"# {HEADER.format(domain=domain, language=language)}\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {language}\\n"\n'
        f'"Plural-Forms: nplurals={plural.num_plurals}; plural={plural.plural_expr};\\n"\n\n'
    )
    return header.encode() + buffer.getvalue().strip(b"\n") + b"\n"


def mo_content(language: str, domain: str) -> bytes:
    """Return the compiled file of a ``.po`` file."""
    catalog = read(language, domain)
    buffer = io.BytesIO()
    write_mo(buffer, _with_stable_header(catalog))
    return buffer.getvalue()


def _with_stable_header(catalog: Catalog) -> Catalog:
    """Return the catalog with the header of its file alone: Babel would add the time and its own version."""
    plain = [
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", catalog.plural_forms),
    ]
    stable = _StableCatalog(locale=catalog.locale, charset="utf-8", fuzzy=False)
    stable.stable_headers = plain
    for message in catalog:
        if message.id and not message.fuzzy:
            stable[message.id] = message
    return stable


class _StableCatalog(Catalog):
    """A catalog with a fixed header."""

    stable_headers: list[tuple[str, str]]

    @property  # type: ignore[misc]
    def mime_headers(self) -> list[tuple[str, str]]:
        """Return the header."""
        return self.stable_headers


def script_content(language: str) -> bytes:
    """Return the script that gives the texts of the modules to a page, with the language's rule for plurals."""
    messages: dict[str, str | list[str]] = {}
    for message in read(language, "djangojs"):
        if message.id and message.string and not message.fuzzy and is_complete(message):
            if isinstance(message.id, tuple):
                messages[message.id[0]] = list(message.string)
            else:
                messages[str(message.id)] = str(message.string)
    ordered = json.dumps(dict(sorted(messages.items())), ensure_ascii=False, indent=0).replace("</", "<\\/")
    rule = get_plural(language).plural_expr
    return (
        f"// Made by script/messages from locale/{language}/LC_MESSAGES/djangojs.po.\n"
        f"globalThis.streamsiteCatalog = {{\nmessages: {ordered},\nplural: (n) => Number({rule}),\n}};\n"
    ).encode()


def wanted_files(*, sources: dict[str, Catalog] | None = None) -> Iterator[tuple[Path, bytes]]:
    """Return every file that ``script/messages`` writes, with its content. ``.po`` files come first."""
    sources = sources or {domain: source_catalog(domain) for domain in DOMAINS}
    for language in TRANSLATED:
        for domain in DOMAINS:
            catalog = updated(language, sources[domain], domain)
            yield po_path(language, domain), po_content(catalog, language, domain)
    yield from compiled_files()


def compiled_files() -> Iterator[tuple[Path, bytes]]:
    """Return the files that are made from the ``.po`` files as they are now."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            yield po_path(language, domain).with_suffix(".mo"), mo_content(language, domain)
        yield SCRIPTS / f"{language}.js", script_content(language)


def is_complete(message: Message) -> bool:
    """Return whether every form of a text is translated."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(forms) and all(forms)


def problems(language: str, domain: str) -> Iterator[str]:
    """Find texts without a translation, and translations that lost a placeholder, a plural, or markup."""
    count = get_plural(language).num_plurals
    for message in read(language, domain):
        if not message.id:
            continue
        text = tuple(message.id) if isinstance(message.id, list | tuple) else (str(message.id),)
        if message.fuzzy or not is_complete(message):
            yield f"not translated: {text[0]!r}"
            continue
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if isinstance(message.id, tuple) and len(strings) != count:
            yield f"{len(strings)} plural forms instead of {count}: {text[0]!r}"
        for string in strings:
            yield from _differences(text, str(string))


def _differences(text: tuple[str, ...], string: str) -> Iterator[str]:
    # Of a plural, one form may say the number in words.
    allowed = [_placeholders(form) for form in text]
    given = _placeholders(string)
    if given not in allowed and not (len(text) > 1 and set(given) < set(allowed[-1])):
        yield f"placeholders {given} instead of {allowed[-1]}: {text[0]!r}"
    if sorted(TAG.findall(string)) not in [sorted(TAG.findall(form)) for form in text]:
        yield f"other markup: {text[0]!r}"
    if string.count("%%") != text[-1].count("%%"):
        yield f"another number of %%: {text[0]!r}"
    if (string[:1].isspace(), string[-1:].isspace()) != (text[-1][:1].isspace(), text[-1][-1:].isspace()):
        yield f"another space at an end: {text[0]!r}"


def _placeholders(text: str) -> list[str]:
    return sorted({match[0] for match in FILLED_IN.finditer(text)})
