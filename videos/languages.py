"""Languages of captions and sound: tags (BCP 47), names for people, three-letter codes of media files."""

from __future__ import annotations

from django.conf.locale import LANG_INFO
from langcodes import standardize_tag, tag_is_valid
from langcodes.tag_parser import LanguageTagError

UNDETERMINED = frozenset({"", "und", "mul", "zxx", "mis"})


def normalise(tag: str) -> str:
    """Return the shortest RFC 5646 tag of a media file's code ("jpn" is "ja"), "" for undetermined, else the code."""
    code = tag.strip()
    if code.lower() in UNDETERMINED:
        return ""
    try:
        return standardize_tag(code) if tag_is_valid(code) else code
    except LanguageTagError:
        return code


def name_of(tag: str) -> str:
    """What the language calls itself, or the tag when nobody here knows."""
    known = LANG_INFO.get(tag.lower()) or LANG_INFO.get(tag.lower().partition("-")[0])
    name: str = known.get("name_local", "") if known else ""
    if not name:
        return "Unknown language" if tag == "und" else tag
    region = tag.partition("-")[2]
    return f"{name[:1].upper()}{name[1:]}" + (
        f" ({region})" if region and tag.lower() not in LANG_INFO else ""
    )


def same(one: str, other: str) -> bool:
    """Whether two tags mean the same language, regions left aside when one has none."""
    if not one or not other:
        return False
    first, second = one.lower(), other.lower()
    return first == second or first == second.partition("-")[0] or second == first.partition("-")[0]
