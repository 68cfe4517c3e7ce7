"""Languages of captions and sound: tags (BCP 47), names for people, three-letter codes of media files."""

from __future__ import annotations

from django.conf.locale import LANG_INFO

# ISO 639-2, as Matroska and MP4 carry them (both the bibliographic and the terminological codes).
THREE_LETTERS = {
    "ara": "ar", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "chi": "zh", "zho": "zh", "dan": "da",
    "deu": "de", "ger": "de", "dut": "nl", "nld": "nl", "ell": "el", "gre": "el", "eng": "en", "est": "et",
    "fas": "fa", "per": "fa", "fin": "fi", "fra": "fr", "fre": "fr", "heb": "he", "hin": "hi", "hrv": "hr",
    "hun": "hu", "ind": "id", "isl": "is", "ice": "is", "ita": "it", "jpn": "ja", "kor": "ko", "lav": "lv",
    "lit": "lt", "msa": "ms", "may": "ms", "nob": "nb", "nor": "no", "pol": "pl", "por": "pt", "ron": "ro",
    "rum": "ro", "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "spa": "es", "srp": "sr", "swe": "sv",
    "tam": "ta", "tel": "te", "tha": "th", "tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi",
}  # fmt: skip


def normalise(tag: str) -> str:
    """The two-letter tag of a media file's code where there is one; "" for undetermined."""
    short = tag.strip().lower()
    if short in {"", "und", "mul", "zxx", "mis"}:
        return ""
    return THREE_LETTERS.get(short, tag.strip())


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
