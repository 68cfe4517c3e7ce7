"""Language tags (RFC 5646) of captions and audio tracks: canonical forms, native names, and names for a viewer."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from streamsite import formats

LANGUAGE = re.compile(r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
MAX_LANGUAGE_LENGTH = 12
UNDETERMINED = "und"
ISO_639_1 = 2  # the length of its codes
# Widely used in videos; the lists begin with them.
COMMON = ("en", "es", "pt-BR", "fr", "de", "ar", "hi", "id", "ja", "ko", "ru", "zh")
# Languages with forms that viewers tell apart.
WRITTEN_DIFFERENTLY = (
    "en-GB",
    "en-US",
    "es-419",
    "es-ES",
    "fr-CA",
    "pt-BR",
    "pt-PT",
    "zh-Hans",
    "zh-Hant",
    "yue",
)
# Codes of ISO 639-2 that name no language: undetermined, several, none, uncoded.
_NO_LANGUAGE = frozenset({UNDETERMINED, "mul", "zxx", "mis"})
_TAG_BY_ENGLISH_NAME = {
    info["name"].lower(): tag
    for tag, info in reversed(LANG_INFO.items())
    if "name" in info and "-" not in tag
}

# Django names Chinese by its scripts only.
_WITHOUT_SCRIPT = {"zh": {"name": "Chinese", "name_local": "中文"}}
_TAG_BY_ENGLISH_NAME["chinese"] = "zh"


def clean_language(value: object) -> str:
    """Return a language tag (BCP 47), or "" for none. Raises ``ValueError``."""
    if value == "":
        return ""
    if not isinstance(value, str) or len(value) > MAX_LANGUAGE_LENGTH or not LANGUAGE.match(value):
        raise ValueError(_("Use a language tag such as en or pt-BR."))
    return value


def normalize_tag(tag: str) -> str:
    """Return the canonical tag for a code found in media files: ``eng`` and ``English`` become ``en``.

    Return "" for an undetermined language and for invalid codes.
    """
    import langcodes  # here: its tables take 3 MB, which most processes never need

    written = tag.strip()
    written = _TAG_BY_ENGLISH_NAME.get(written.lower(), written)
    try:
        found = langcodes.standardize_tag(written)
    except ValueError:
        return ""
    return "" if found.lower() in _NO_LANGUAGE else found


def canonical_tag(tag: str) -> str:
    """Return the canonical form of a typed tag (``EN-us`` becomes ``en-US``), or invalid text unchanged."""
    return normalize_tag(tag) or tag.strip()


def language_name(tag: str) -> str:
    """Return the language's name in that language, or the tag when it is unknown."""
    matched, info = _info(tag)
    name: str = info.get("name_local", "")
    if not name:
        return _("Unknown language") if tag == UNDETERMINED else tag
    rest = tag[len(matched) + 1 :]
    return f"{name[:1].upper()}{name[1:]}" + (f" ({rest})" if rest else "")


def language_names(tag: str) -> tuple[str, ...]:
    """Return the language's native and English names in lower case."""
    info = _info(tag)[1]
    return tuple(info[key].casefold() for key in ("name_local", "name") if key in info)


def _info(tag: str) -> tuple[str, dict[str, str]]:
    """Return the longest prefix of the tag that has names, and the names; the tag and nothing if none has."""
    parts = tag.lower().split("-")
    for length in range(len(parts), 0, -1):
        matched = "-".join(parts[:length])
        info = _WITHOUT_SCRIPT.get(matched) or LANG_INFO.get(matched, {})
        if "name_local" in info:
            return matched, info
    return tag, {}


def display_name(tag: str) -> str:
    """Return the language's name in the active language: ``Portuguese (Brazil)``; an unknown tag as it is."""
    if tag.lower() == UNDETERMINED:
        return _("Unknown language")
    try:
        name = Locale.parse(tag, sep="-").get_display_name(formats.locale())
    except (ValueError, UnknownLocaleError):
        name = formats.locale().languages.get(tag.lower())
    return f"{name[:1].upper()}{name[1:]}" if name else tag


def language_choices(*first: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return groups of ``(tag, name)``, named in the active language: common ones, then all, sorted by name.

    ``first`` are tags that come before the others, such as the one that is chosen; they may be unknown.
    """
    common = dict.fromkeys(tag for tag in (*first, *COMMON) if tag)
    return [
        (_("Common languages"), [(tag, display_name(tag)) for tag in common]),
        (
            _("All languages"),
            [choice for choice in _all_choices(str(formats.locale())) if choice[0] not in common],
        ),
    ]


@cache
def _all_choices(locale: str) -> list[tuple[str, str]]:
    """Return every language with a name in that locale, which is the active one."""
    known = {str(tag) for tag in formats.locale().languages if len(str(tag)) == ISO_639_1}
    tags = {normalize_tag(tag) for tag in known | {*WRITTEN_DIFFERENTLY}} - {""}
    named = [(tag, display_name(tag)) for tag in tags]
    return sorted(named, key=lambda choice: choice[1].casefold())


def is_same_language(one: str, other: str) -> bool:
    """Return whether two tags mean the same language; the region is ignored when one has none."""
    if not one or not other:
        return False
    first, second = one.lower(), other.lower()
    return first == second or first == second.partition("-")[0] or second == first.partition("-")[0]
