"""TTML and its predecessor DFXP: XML with one paragraph per cue. Entities and external references are rejected."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext

from videos.captions.formats.cues import MAX_CUES, MAX_SECONDS, RawCue, invalid_file_error

MAX_DEPTH = 50
_PIECE = 65_536
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?tt[\s>]")
_CLOCK = re.compile(r"\A(\d{1,4}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9})|:(\d{1,3})(?:\.\d{1,3})?)?\Z", re.ASCII)
_OFFSET = re.compile(r"\A(\d{1,12}(?:\.\d{1,9})?)(h|m|s|ms|f|t)\Z", re.ASCII)
_SPACES = re.compile(r"\s+")
_STYLES = (("b", "fontWeight", "bold"), ("i", "fontStyle", "italic"), ("u", "textDecoration", "underline"))
# What people write into XML by hand without escaping it.
_LONE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_LONE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_ENCODING = re.compile(r"""\A(\s*<\?xml[^>]{0,200}?)\s+encoding\s*=\s*["'][^"']{0,40}["']""")


def is_ttml(text: str) -> bool:
    """Return whether the file has a TTML root element."""
    head = text[:5_000]
    return head.lstrip().startswith("<") and _ROOT.search(head) is not None


def read_ttml(text: str) -> tuple[list[RawCue], int]:
    """Return the cues in file order and the number of unreadable parts. Raises ``Invalid``.

    In a file that is damaged midway, everything before the damage is kept.
    """
    text = _LONE_LESS.sub("&lt;", _LONE_AMPERSAND.sub("&amp;", _ENCODING.sub(r"\1", text)))
    reader = _Reader()
    parser = DefusedXMLParser(target=reader)
    try:
        for position in range(0, len(text), _PIECE):
            parser.feed(text[position : position + _PIECE])
            if len(reader.cues) > MAX_CUES:
                return reader.cues, reader.left_out
        parser.close()
    except DefusedXmlException:
        raise invalid_file_error(
            gettext("TTML files can't declare entities. Use the characters themselves.")
        ) from None
    except ParseError:
        reader.left_out += 1
    return reader.cues, reader.left_out


@dataclass
class _Clock:
    """The frame and tick rates of the file."""

    frame_rate: float = 30.0
    tick_rate: float = 1.0

    def take(self, attributes: dict[str, str]) -> None:
        """Read the rates from the attributes of the root element."""
        rate = _number(attributes.get("frameRate", ""))
        if rate:
            self.frame_rate = rate
            pair = [_number(part) for part in attributes.get("frameRateMultiplier", "").split()]
            if len(pair) == 2 and all(pair):
                self.frame_rate *= pair[0] / pair[1]
        self.tick_rate = _number(attributes.get("tickRate", "")) or (self.frame_rate if rate else 1.0)

    def seconds(self, expression: str) -> float | None:
        """Return the seconds of a time expression, to the millisecond; ``None`` when it is invalid."""
        if match := _CLOCK.match(expression.strip()):
            hours, minutes, seconds, fraction, frames = match.groups()
            value = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
            value += int(frames or 0) / self.frame_rate
        elif match := _OFFSET.match(expression.strip()):
            units = {
                "h": 3600,
                "m": 60,
                "s": 1,
                "ms": 0.001,
                "f": 1 / self.frame_rate,
                "t": 1 / self.tick_rate,
            }
            value = float(match[1]) * units[match[2]]
        else:
            return None
        return round(min(value, MAX_SECONDS + 1), 3)


@dataclass
class _Frame:
    """An open element: the base time of its children, its own end, and the tags that close with it."""

    begin: float
    end: float | None
    is_timed: bool
    tags: list[str] = field(default_factory=list)


class _Reader:
    """The XML parser's target: receives tags and text in file order."""

    def __init__(self) -> None:
        self.cues: list[RawCue] = []
        self.left_out = 0
        self._clock = _Clock()
        self._styles: dict[str, list[str]] = {}
        self._stack: list[_Frame] = []
        # Pieces of text of the paragraph or span that is becoming a cue, and its depth: 0 outside of one.
        self._pieces: list[str] = []
        self._cue_depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise invalid_file_error(gettext("This file's elements are nested too deeply."))
        name, known = _local(tag), {_local(key): value for key, value in attributes.items()}
        if not self._stack:
            self._clock.take(known)
        frame = self._frame(known)
        self._stack.append(frame)
        if name == "style" and "id" in known:
            self._styles[known["id"]] = _style_tags(known, self._styles)
        if name in ("p", "span") and frame.is_timed and not self._cue_depth:
            self._pieces, self._cue_depth = [], len(self._stack)
        if not self._cue_depth:
            return
        if name == "br":
            self._pieces.append("\n")
        frame.tags = _style_tags(known, self._styles)
        self._pieces += [f"<{style}>" for style in frame.tags]

    def data(self, text: str) -> None:
        if self._cue_depth:
            self._pieces.append(html.escape(_SPACES.sub(" ", text), quote=False))

    def end(self, tag: str) -> None:
        frame = self._stack.pop()
        if self._cue_depth:
            self._pieces += [f"</{style}>" for style in reversed(frame.tags)]
        if self._cue_depth > len(self._stack):
            self._cue_depth = 0
            self._add(frame)

    def close(self) -> None:
        """Do nothing: cues are added when their elements end."""

    def _frame(self, known: dict[str, str]) -> _Frame:
        base = self._stack[-1].begin if self._stack else 0.0
        times = {key: self._clock.seconds(known[key]) for key in ("begin", "end", "dur") if key in known}
        begin, end, length = (times.get(key) for key in ("begin", "end", "dur"))
        if begin is None and "begin" in times:
            return _Frame(base, None, is_timed=True)
        begin = base + (begin or 0.0)
        stop = base + end if end is not None else begin + length if length is not None else None
        return _Frame(begin, stop, is_timed=bool(times))

    def _add(self, frame: _Frame) -> None:
        text = "".join(self._pieces).strip()
        if not text:
            return
        if frame.end is None:
            self.left_out += 1
        else:
            self.cues.append(RawCue(round(frame.begin, 3), round(frame.end, 3), text))


def _local(name: str) -> str:
    """Return a name without its namespace, which differs between TTML, DFXP and drafts."""
    return name.rpartition("}")[2]


def _style_tags(known: dict[str, str], styles: dict[str, list[str]]) -> list[str]:
    """Return the tags for bold, italics and underlining that an element or its styles request."""
    tags = {tag for name in known.get("style", "").split()[:20] for tag in styles.get(name, [])}
    for tag, key, value in _STYLES:
        if key in known:
            (tags.add if value in known[key].split() else tags.discard)(tag)
    return sorted(tags)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text.strip(), re.ASCII) else 0.0
