"""A text of people as pieces that a template shows: words, moments that seek, people, links. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from streamsite.sanitize import has_userinfo
from videos import hashtags
from videos.timecodes import COLONS, NOT_OF_DAY, TIMECODE, to_seconds

LINK = r"https?://[^\s<>\"']+"
MENTION = r"(?<![\w@./-])@([A-Za-z0-9][A-Za-z0-9._-]{1,28}[A-Za-z0-9])(?![\w@])"
# Not within a word, date, number or URL, but at the end of a range: both times of 0:10-0:20.
BEFORE_MOMENT = rf"(?:(?<![A-Za-z_\d{COLONS}.,/-])|(?<=[{COLONS}][0-5]\d-))"
MOMENT = rf"{BEFORE_MOMENT}{TIMECODE}(?![A-Za-z_\d{COLONS}]|[.,]\d){NOT_OF_DAY}"
PIECE = re.compile(f"(?P<link>(?a:{LINK}))|(?P<mention>(?a:{MENTION}))|(?P<moment>{MOMENT})")
PIECE_OF_VIDEO = re.compile(
    f"(?P<link>(?a:{LINK}))|(?P<mention>(?a:{MENTION}))|(?P<hashtag>{hashtags.PATTERN})|(?P<moment>{MOMENT})"
)
MENTIONED = re.compile(MENTION, re.ASCII)
# Punctuation that ends a sentence is not part of a URL.
TRAILING_PUNCTUATION = ".,:;!?\u2026\u201d\u2019"
MAX_LINK_LENGTH = 60
# Of a description that the watch page folds.
LONG_DESCRIPTION, LONG_DESCRIPTION_LINES = 280, 4


@dataclass(frozen=True)
class TextPart:
    """A part of a text: ``kind`` is text, moment, mention, hashtag or link.

    ``value`` is the second, username, tag or address.
    """

    kind: str
    text: str
    value: str = ""


class _Everybody:
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


# For texts whose mentions were not looked up when they were written: the link of an unknown name is a 404.
ANY_NAME: Container[str] = _Everybody()


def is_long(description: str) -> bool:
    """Return whether pages fold a description: it is long, or has many lines."""
    return len(description) > LONG_DESCRIPTION or description.count("\n") >= LONG_DESCRIPTION_LINES


def find_mentions(text: str, *, most: int) -> list[str]:
    """Return the first ``most`` usernames that a text mentions, each once, in lower case."""
    without_links = re.sub(LINK, " ", text)
    names = (match[1].lower() for match in MENTIONED.finditer(without_links))
    return list(dict.fromkeys(names))[:most]


def split_text(text: str, mentions: Container[str], seconds: float) -> list[TextPart]:
    """Return the parts of ``text``. Links only users in ``mentions``, and only moments within ``seconds`` of video."""
    return list(_pieces(PIECE, text, mentions, seconds))


def split_description(text: str, seconds: float) -> list[TextPart]:
    """Return the parts of a video's description, whose hashtags are links, too."""
    return list(_pieces(PIECE_OF_VIDEO, text, ANY_NAME, seconds))


def split_title(title: str) -> list[TextPart]:
    """Return the parts of a video's title: hashtags, and the text between them."""
    parts: list[TextPart] = []
    start = 0
    for match in hashtags.HASHTAG.finditer(title):
        parts += [TextPart("text", title[start : match.start()]), TextPart("hashtag", match[0], match[1])]
        start = match.end()
    return [part for part in [*parts, TextPart("text", title[start:])] if part.text]


def _pieces(
    pattern: re.Pattern[str], text: str, mentions: Container[str], seconds: float
) -> Iterator[TextPart]:
    start = 0
    for match in pattern.finditer(text):
        piece = _piece(match, mentions, seconds)
        if piece is None:
            continue
        if match.start() > start:
            yield TextPart("text", text[start : match.start()])
        yield piece
        start = match.start() + len(piece.text if piece.kind != "link" else piece.value)
    if start < len(text):
        yield TextPart("text", text[start:])


def _piece(match: re.Match[str], mentions: Container[str], seconds: float) -> TextPart | None:
    whole = match[0]
    if match["link"]:
        address = _address(whole)
        shown = address if len(address) <= MAX_LINK_LENGTH else f"{address[: MAX_LINK_LENGTH - 1]}…"
        return TextPart("link", shown, address) if address else None
    if match["mention"]:
        name = whole[1:].lower()
        return TextPart("mention", whole, name) if name in mentions else None
    if match.re is PIECE_OF_VIDEO and match["hashtag"]:
        return TextPart("hashtag", whole, whole[1:])
    moment = to_seconds(*match.groups()[-3:])
    return TextPart("moment", whole, str(moment)) if moment is not None and moment < seconds else None


def _address(whole: str) -> str:
    """Return the URL without trailing punctuation and unmatched brackets; "" for an invalid one."""
    address = whole.rstrip(TRAILING_PUNCTUATION)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(TRAILING_PUNCTUATION)
    return address if address.partition("://")[2] and not has_userinfo(address) else ""
