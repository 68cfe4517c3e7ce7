"""The character encoding of a caption file: chosen by the uploader, marked in the file, or detected."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from .cues import refused

# Python's name of each encoding that may be chosen, and what people call it.
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "cp1252": "Western European (Windows-1252)",
    "iso8859-15": "Western European (ISO 8859-15)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "iso2022_jp": "Japanese (ISO-2022-JP)",
    "gb18030": "Simplified Chinese (GB18030)",
    "big5": "Traditional Chinese (Big5)",
    "cp949": "Korean (Windows-949)",
}
_WESTERN = ("cp1252",)
_BY_LANGUAGE = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "bs"), ("cp1250", "iso8859-2")),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "sr"), ("cp1251", "koi8-r")),
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256",)),
    **dict.fromkeys(("et", "lt", "lv"), ("cp1257",)),
    **dict.fromkeys(
        (
            "en",
            "fr",
            "de",
            "es",
            "pt",
            "it",
            "nl",
            "sv",
            "da",
            "nb",
            "no",
            "fi",
            "is",
            "ca",
            "gl",
            "eu",
            "af",
        ),
        _WESTERN,
    ),
    "el": ("cp1253",),
    "tr": ("cp1254",),
    "he": ("cp1255",),
    "vi": ("cp1258",),
    "th": ("cp874",),
    "ja": ("cp932", "euc_jp"),
    "zh": ("gb18030", "big5"),
    "ko": ("cp949",),
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
    """Return the text of a caption file, and the encoding it was read with (a key of ``ENCODINGS``).

    ``encoding`` is what the uploader chose, "" to detect it; ``language`` helps to. Raises ``Invalid``.
    """
    if encoding and encoding not in ENCODINGS:
        raise refused(f"One of: {', '.join(ENCODINGS)}.", "encoding")
    found = encoding or _marked(content) or _detect(content, language)
    codec = _byte_order(content) if found == "utf-16" else found
    text = content.decode(codec, "replace").replace("\0", "").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n"), found


def _marked(content: bytes) -> str:
    return next((name for mark, name in _MARKS if content.startswith(mark)), "")


def _byte_order(content: bytes) -> str:
    """Return the codec of UTF-16 with or without a byte order mark: most NULs are high bytes."""
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
        return "iso2022_jp" if _JAPANESE_ESCAPE.search(content) else "utf-8"
    if _is_mostly_utf8(content):
        return "utf-8"
    return _detect_legacy(content, language)


def _is_mostly_utf8(content: bytes) -> bool:
    """Return whether the bytes are UTF-8 but for a few damaged ones."""
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        return beyond_ascii > (_DAMAGED_SHARE + 1) * text.count("\ufffd")
    return True


def _detect_legacy(content: bytes, language: str) -> str:
    """Return the most plausible encoding of one byte per character, or of East Asia."""
    # Times and numbers say nothing about the encoding and would outweigh the words.
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    expected = _BY_LANGUAGE.get(language.lower().partition("-")[0], ())
    if "iso8859-2" in expected and not _BEYOND_ISO.search(sample):
        return "iso8859-2"
    for candidates in filter(None, (expected, _WESTERN, tuple(ENCODINGS))):
        best = from_bytes(sample, cp_isolation=list(candidates)).best()
        if best is not None and (name := _known(best.encoding)):
            return name
    return expected[0] if expected else _WESTERN[0]


def _known(name: str) -> str:
    """Return the key of ``ENCODINGS`` for a name of charset-normalizer's."""
    aliases = {key.replace("-", "").replace("_", ""): key for key in ENCODINGS}
    return aliases.get(name.replace("-", "").replace("_", ""), "")
