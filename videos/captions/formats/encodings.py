"""Character encodings of caption files: chosen by the uploader, marked in the file, or detected."""

from __future__ import annotations

import codecs
import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from videos.captions.formats.cues import invalid_file_error

# The encodings that may be chosen, by the names of the Encoding Standard: Python's codec, and what people call it.
_CODECS = {
    "utf-8": ("utf-8", _("Unicode (UTF-8)")),
    "utf-16": ("utf-16", _("Unicode (UTF-16)")),
    "windows-1252": ("cp1252", _("Western European (Windows-1252)")),
    "iso-8859-15": ("iso8859-15", _("Western European (ISO 8859-15)")),
    "windows-1250": ("cp1250", _("Central European (Windows-1250)")),
    "iso-8859-2": ("iso8859-2", _("Central European (ISO 8859-2)")),
    "windows-1251": ("cp1251", _("Cyrillic (Windows-1251)")),
    "koi8-r": ("koi8-r", _("Cyrillic (KOI8-R)")),
    "windows-1253": ("cp1253", _("Greek (Windows-1253)")),
    "windows-1254": ("cp1254", _("Turkish (Windows-1254)")),
    "windows-1255": ("cp1255", _("Hebrew (Windows-1255)")),
    "windows-1256": ("cp1256", _("Arabic (Windows-1256)")),
    "windows-1257": ("cp1257", _("Baltic (Windows-1257)")),
    "windows-1258": ("cp1258", _("Vietnamese (Windows-1258)")),
    "windows-874": ("cp874", _("Thai (Windows-874)")),
    "shift_jis": ("cp932", _("Japanese (Shift JIS)")),
    "euc-jp": ("euc_jp", _("Japanese (EUC-JP)")),
    "iso-2022-jp": ("iso2022_jp", _("Japanese (ISO-2022-JP)")),
    "gb18030": ("gb18030", _("Simplified Chinese (GB18030)")),
    "big5": ("big5", _("Traditional Chinese (Big5)")),
    "euc-kr": ("cp949", _("Korean (EUC-KR)")),
}
ENCODINGS = {name: words for name, (_, words) in _CODECS.items()}
# Python's names of encodings that are read as one of the above, which holds all of their characters.
_SUPERSETS = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso8859-7": "windows-1253",
    "iso8859-9": "windows-1254",
    "shift_jis": "shift_jis",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "euc-kr",
    "utf-8-sig": "utf-8",
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
}
_NAMES = {**_SUPERSETS, **{codecs.lookup(codec).name: name for name, (codec, _) in _CODECS.items()}}
_WESTERN = ("windows-1252",)
_BY_LANGUAGE = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "bs"), ("windows-1250", "iso-8859-2")),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "sr"), ("windows-1251", "koi8-r")),
    **dict.fromkeys(("ar", "fa", "ur"), ("windows-1256",)),
    **dict.fromkeys(("et", "lt", "lv"), ("windows-1257",)),
    "el": ("windows-1253",),
    "tr": ("windows-1254",),
    "he": ("windows-1255",),
    "vi": ("windows-1258",),
    "th": ("windows-874",),
    "ja": ("shift_jis", "euc-jp"),
    "zh": ("gb18030", "big5"),
    "ko": ("euc-kr",),
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_HEAD_BYTES = 2_000
# Windows' encodings have letters where those of ISO 8859 have control characters.
_BEYOND_ISO = re.compile(rb"[\x80-\x9f]")
_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]")
# Enough to tell encodings apart, and soon read.
_SAMPLE_BYTES = 60_000
# Of text that is UTF-8 with a few damaged bytes, at most one character in so many is damaged.
_DAMAGED_SHARE = 4


def decode(content: bytes, *, encoding: str = "", language: str = "") -> tuple[str, str]:
    """Return the text of a caption file and its encoding (a key of ``ENCODINGS``).

    ``encoding`` is the uploader's choice, "" to detect it; ``language`` is a hint. Raises ``Invalid``.
    """
    found = _name(encoding) if encoding else _encoding_from_bom(content) or _detect(content, language)
    if not found:
        raise invalid_file_error(
            gettext("Unknown encoding. Use one of: %(names)s.") % {"names": ", ".join(ENCODINGS)}, "encoding"
        )
    codec = _byte_order(content) if found == "utf-16" else _CODECS[found][0]
    text = content.decode(codec, "replace").replace("\0", "").removeprefix("\ufeff")
    # Files that were converted once too often end their lines with two carriage returns.
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n"), found


def _encoding_from_bom(content: bytes) -> str:
    return next((name for mark, name in _MARKS if content.startswith(mark)), "")


def _byte_order(content: bytes) -> str:
    """Return the UTF-16 codec of the content, with or without a byte order mark: most NUL bytes are high bytes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = content[:_HEAD_BYTES]
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _detect(content: bytes, language: str) -> str:
    head = content[:_HEAD_BYTES]
    # Every other byte of times and numbers is NUL in UTF-16; a file that ends in NULs is something else.
    if head.rstrip(b"\0").count(0) > len(head) // 4:
        return "utf-16"
    if content.isascii():
        return "iso-2022-jp" if _JAPANESE_ESCAPE.search(content) else "utf-8"
    if _is_mostly_utf8(content):
        return "utf-8"
    return _detect_legacy(content, language)


def _is_mostly_utf8(content: bytes) -> bool:
    """Return whether the bytes are UTF-8 except for a few damaged ones."""
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        return beyond_ascii > (_DAMAGED_SHARE + 1) * text.count("\ufffd")
    return True


def _detect_legacy(content: bytes, language: str) -> str:
    """Return the most plausible single-byte or East Asian encoding."""
    from charset_normalizer import from_bytes  # here: it takes 2 MB, which most processes never need

    # Times and numbers say nothing about the encoding and would outweigh the words.
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    expected = _BY_LANGUAGE.get(language.lower().partition("-")[0], ())
    if "iso-8859-2" in expected and not _BEYOND_ISO.search(sample):
        return "iso-8859-2"
    for candidates in filter(None, (expected, _WESTERN, tuple(ENCODINGS))):
        best = from_bytes(sample, cp_isolation=[_CODECS[name][0] for name in candidates]).best()
        if best is not None and (name := _name(best.encoding)):
            return name
    return expected[0] if expected else _WESTERN[0]


def _name(written: str) -> str:
    """Return the key of ``ENCODINGS`` for an encoding name, "" when there is none."""
    if written.lower() in ENCODINGS:
        return written.lower()
    try:
        return _NAMES.get(codecs.lookup(written).name, "")
    except (LookupError, ValueError):
        return ""
