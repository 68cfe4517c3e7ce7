"""Message catalogs: complete, faithful to the source, and compiled from what is committed."""

from __future__ import annotations

import gettext as gnu
import io
import json
import re
import subprocess

import pytest
from babel.messages.pofile import read_po

from tests.support import node
from tests.support.catalogs import files, glossary
from tests.support.catalogs.extraction import DOMAINS, messages_of, source_catalog
from tests.support.unmarked import find_replaced, find_unmarked

EACH = [(language, domain) for language in files.TRANSLATED for domain in DOMAINS]


@pytest.fixture(scope="module")
def sources():
    return {domain: source_catalog(domain) for domain in DOMAINS}


def test_every_text_that_people_see_is_marked():
    assert find_unmarked([]) == []


def test_no_text_has_a_word_that_the_glossary_replaces():
    assert find_replaced([]) == []


def test_the_glossary_finds_its_words():
    assert glossary.find_banned("Log in with your E-Mail; a picture-in-picture of somebody.") == [
        *("log in", "e-mail", "somebody"),
        ";",
    ]
    assert glossary.find_banned("Sign in with your email. Nothing else &amp; no one.") == []


def test_files_are_what_script_messages_writes(sources):
    """Extraction changes nothing: the catalogs have the source's texts and no other, and are compiled."""
    stale = [
        str(path)
        for path, content in files.wanted_files(sources=sources)
        if not path.exists() or path.read_bytes() != content
    ]
    assert stale == [], "run script/messages"


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_catalogs_are_complete_and_keep_placeholders_plurals_and_markup(language, domain):
    assert list(files.problems(language, domain)) == []


@pytest.mark.parametrize("language", files.TRANSLATED)
def test_compiled_catalogs_are_read_by_gettext_with_their_plural_rule(language):
    translations = gnu.GNUTranslations(io.BytesIO(files.mo_content(language, "django")))
    message = next(m for m in files.read(language, "django") if isinstance(m.id, tuple) and not m.context)
    forms = [translations.ngettext(*message.id, count) for count in (0, 1, 2, 3, 11, 100)]
    wanted = {"de": [1, 0, 1, 1, 1, 1], "ar": [0, 1, 2, 3, 4, 5]}.get(language)
    if wanted:
        assert forms == [message.string[index] for index in wanted]


@pytest.mark.parametrize("language", files.TRANSLATED)
def test_scripts_speak_by_the_same_rule(language):
    program = f"""
        {files.script_content(language).decode()}
        const {{ messages, plural }} = globalThis.streamsiteCatalog;
        console.log(JSON.stringify([messages, [0, 1, 2, 3, 11, 100].map(plural)]));
    """
    messages, forms = json.loads(subprocess.check_output([node.NODE, "--eval", program]))
    assert forms == {"de": [1, 0, 1, 1, 1, 1], "ar": [0, 1, 2, 3, 4, 5]}[language]
    texts = {m.text if isinstance(m.text, str) else m.text[0] for m in messages_of("djangojs")}
    assert set(messages) == texts


def test_problems_are_found(tmp_path, monkeypatch):
    """The check is able to fail: a lost placeholder, tag, space, plural form or translation is named."""
    monkeypatch.setattr(files, "LOCALE", tmp_path)
    path = files.po_path("de", "django")
    path.parent.mkdir(parents=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    rows = {
        'msgid "A %(name)s."\nmsgstr "Ein %(nam)s."': "placeholders",
        'msgid "<b>A</b> b"\nmsgstr "A b"': "other markup",
        'msgid " a"\nmsgstr "a"': "another space",
        'msgid "100%% of it"\nmsgstr "alles"': "another number of %%",
        'msgid "{time} left"\nmsgstr "noch {zeit}"': "placeholders",
        'msgid "Empty"\nmsgstr ""': "not translated",
        '#, fuzzy\nmsgid "Fuzzy"\nmsgstr "Unscharf"': "not translated",
        'msgid "%(n)d a"\nmsgid_plural "%(n)d as"\nmsgstr[0] "%(n)d a"\nmsgstr[1] ""': "not translated",
    }
    for row, problem in rows.items():
        path.write_text(header + row + "\n")
        assert any(found.startswith(problem) for found in files.problems("de", "django")), row
    path.write_text(
        header + 'msgid "%(n)d a"\nmsgid_plural "%(n)d as"\nmsgstr[0] "ein a"\nmsgstr[1] "%(n)d a"\n'
    )
    assert list(files.problems("de", "django")) == []


def test_an_update_keeps_translations_and_drops_what_is_gone(tmp_path, monkeypatch, sources):
    monkeypatch.setattr(files, "LOCALE", tmp_path)
    path = files.po_path("de", "djangojs")
    path.parent.mkdir(parents=True)
    kept = next(
        m.id
        for m in sources["djangojs"]
        if isinstance(m.id, str) and m.id and not re.search(r'[\\"\n]', m.id)
    )
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        f'msgid "{kept}"\nmsgstr "behalten"\n\nmsgid "Gone for ever"\nmsgstr "weg"\n'
    )
    content = files.po_content(files.updated("de", sources["djangojs"], "djangojs"), "de", "djangojs")
    catalog = read_po(io.BytesIO(content), locale="de")
    assert catalog.get(kept).string == "behalten"
    assert catalog.get("Gone for ever") is None
    assert len(catalog) == len(sources["djangojs"])
