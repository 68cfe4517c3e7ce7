"""Parse one line of text as a chapter: a time at its start or end, and a title. Pure.

Common list decoration is removed: numbers, bullets, emoji, Markdown, brackets, the end of a range.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from streamsite.sanitize import clean_line, is_blank, truncate_line
from videos.timecodes import COLONS, NOT_OF_DAY, TIMECODE, to_seconds

MAX_LINE_LENGTH, MAX_TITLE_LENGTH = 400, 100

# Marks of direction and joints without width: they stand between a time and its title where nobody sees them.
UNSEEN = re.compile("[\u200b\u200e\u200f\u061c\u2060\ufeff]")
OPENERS, CLOSERS = "[({<【「（［«“\"'", "])}>】」）］»”\"'"
MARKS = "*_~`|"
DASHES = "\\-‐‑‒–—―−~〜～→➔➜⟶"
TIME = rf"(?<![\d{COLONS}]){TIMECODE}(?:\.(\d{{1,3}}))?(?![{COLONS}]?\d){NOT_OF_DAY}"
MOMENT = re.compile(TIME)
MAY_HAVE_TIME = re.compile(rf"[{COLONS}]\d\d")
TO = rf"\s*(?:[{DASHES}]|to|bis|until)\s*"
RANGE_END = re.compile(rf"[{re.escape(CLOSERS)}]?{TO}[{re.escape(OPENERS)}]?{TIME}")
BETWEEN = re.compile(rf"[{re.escape(CLOSERS)}]?{TO}[{re.escape(OPENERS)}]?\Z")
# 1. 01) #1 (1) 1️⃣ ① IV. a)
NUMBER = r"(?:(?:\d(?:\ufe0f?\u20e3)?){1,3}|[\u2460-\u24ff\u2776-\u2793])"
LETTER = r"(?:[ivxIVX]{1,5}|[a-zA-Z])(?=[.)\]])"
BEFORE = re.compile(rf"[\W_]*(?:(?:{NUMBER}|{LETTER})[\W_]+)?")
# What ends the time: brackets, marks, the address of a Markdown link.
AFTER_TIME = re.compile(
    rf"[{re.escape(CLOSERS + MARKS)}]*(?:(?<=\])\(https?://[^\s)]*\))?[{re.escape(MARKS)}]*"
)
SEPARATORS = f"{DASHES}{COLONS}|｜·•・»>►▶=/"
# Directly after the time, any separator; after a space only what is none of the title's: "5:00 .NET", "5:00 -5 °C".
ATTACHED = re.compile(rf"[{SEPARATORS}.,;、。，]+(?=\s|[^\W_]|[{re.escape(OPENERS + MARKS)}])")
SPACED = re.compile(rf"\s+(?:[{SEPARATORS}.,;]+(?=\s)|(?:[|｜–—―→➔➜►▶»•・]|-(?!\d|-))+)")
ENDS = re.compile(rf"[\s{re.escape(CLOSERS + MARKS)}.,;。]*")
BEFORE_END = re.compile(rf"(?:[\s{SEPARATORS}{re.escape(OPENERS + MARKS)}.,…@]|[^\x00-\x7f])\Z")
IN_ADDRESS = re.compile(r"://\S*\Z")
OPENED = re.compile(rf"[{re.escape(OPENERS + MARKS)}]+\Z")
TRAILING = re.compile(rf"(?:[\s@{SEPARATORS}]|(?<=[\s.…])[.…]|[.…](?=[.…])|,\Z)+\Z")
BULLET = re.compile(
    rf"(?:[-*+•‣◦·▪▫●○■□►▶➤➔→»>|#✓✔✅⏱⏰🕒🔹🔸👉➡\ufe0f]+\s+)*(?:[(\[#]{{0,2}}{NUMBER}(?:[.)\]]+\s+|\s+-\s+))?"
)
EMPHASIS = re.compile(r"(\*\*\*|\*\*|~~|`)(?=\S)(.+?)(?<=\S)\1")
WHOLE = re.compile(r"\A([*_]{1,2})(?=\S)(.+?)(?<=\S)\1\Z")
LINK = re.compile(r"\[([^\[\]]+)\]\(https?://[^\s)]*\)")
# The rest of a link whose text began before the time: "[0:00 Intro](https://...)".
LINK_END = re.compile(r"\A([^\[\]]+)\]\(https?://[^\s)]*\)")


@dataclass(frozen=True)
class ChapterLine:
    """A line that names a chapter: ``start`` in seconds, and whether the time precedes the title."""

    start: float
    title: str
    is_time_first: bool


def parse_line(line: str) -> ChapterLine | None:
    """Return the chapter of a line, or None when it names none."""
    if not MAY_HAVE_TIME.search(line):
        return None
    text = UNSEEN.sub("", line[:MAX_LINE_LENGTH]).strip()
    moments = list(MOMENT.finditer(text))
    if not moments:
        return None
    if BEFORE.fullmatch(text, 0, moments[0].start()):
        return _time_first(text, moments[0])
    return _time_last(text, moments)


def _time_first(text: str, moment: re.Match[str]) -> ChapterLine | None:
    start = _seconds(moment)
    if start is None:
        return None
    end = moment.end()
    if (until := RANGE_END.match(text, end)) and (_seconds(until) or 0) > start:
        end = until.end()
    closed = AFTER_TIME.match(text, end)
    rest = text[closed.end() if closed else end :]
    # "0:00am" and "0:00x" are no times with a title, "0:00开场" and "0:00🎬" are.
    if rest[:1].isascii() and rest[:1].isalnum() and closed is not None and closed.end() == end:
        return None
    if attached := ATTACHED.match(rest):
        rest = rest[attached.end() :]
    for _ in range(3):
        if spaced := SPACED.match(rest):
            rest = rest[spaced.end() :]
    return _line(start, rest, before=text[: moment.start()], is_time_first=True)


def _time_last(text: str, moments: list[re.Match[str]]) -> ChapterLine | None:
    last = moments[-1]
    if not ENDS.fullmatch(text, last.end()):
        return None
    first = last
    if len(moments) > 1 and BETWEEN.fullmatch(text, moments[-2].end(), last.start()):
        first = moments[-2]
    start, before = _seconds(first), text[: first.start()]
    if start is None or not BEFORE_END.search(before) or IN_ADDRESS.search(before):
        return None
    title = TRAILING.sub("", OPENED.sub("", before))
    if bullet := BULLET.match(title):
        title = title[bullet.end() :]
    return _line(start, title, before="", is_time_first=False)


def _line(start: float, raw: str, *, before: str, is_time_first: bool) -> ChapterLine | None:
    title = LINK.sub(r"\1", EMPHASIS.sub(r"\2", raw.strip()))
    title = _strip_closers(LINK_END.sub(r"\1", title).strip(), before)
    title = WHOLE.sub(r"\2", title)
    title = re.sub(r"(?:\s*[|｜]|\s+[-–—])+\Z", "", title)
    title = truncate_line(clean_line(title), MAX_TITLE_LENGTH)
    return None if _is_empty_title(title) else ChapterLine(start, title, is_time_first)


def _strip_closers(title: str, before: str) -> str:
    """Return the title without closing brackets or marks that were opened before the time."""
    for opener in ("**", "__", "~~", "`", "*", "_"):
        if opener in before and title.count(opener) % 2:
            head, _, tail = title.rpartition(opener)
            title, before = f"{head}{tail}".strip(), before.replace(opener, "")
    for opener, closer in zip(OPENERS, CLOSERS, strict=True):
        is_open = before.count(opener) > before.count(closer) or (
            opener == closer and before.count(opener) % 2
        )
        if is_open and title.endswith(closer) and (opener == closer or opener not in title):
            title = title[:-1].rstrip()
    return title


def _is_empty_title(title: str) -> bool:
    return is_blank(title) or all(unicodedata.category(character)[0] in "PZCM" for character in title)


def _seconds(moment: re.Match[str]) -> float | None:
    hours, minutes, seconds, fraction = moment.groups()
    whole = to_seconds(hours, minutes, seconds)
    return None if whole is None else whole + float(f"0.{int(fraction or 0):0{len(fraction or '0')}}")
