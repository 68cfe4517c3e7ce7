"""Chapters of a video: edited, imported from the file, or read from the description by YouTube's rules.

Source of the rules: YouTube Help, "Video chapters": the first at 0:00, at least three, ascending, each at least ten
seconds long.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from streamsite.errors import Invalid
from streamsite.text import clean_line

if TYPE_CHECKING:
    from videos.models import Video

MOST, LONGEST_TITLE = 200, 100
LEAST_IN_DESCRIPTION, SHORTEST_SECONDS = 3, 10
MOMENT = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})"
# "0:00 Intro", "- (1:02:03) Title", "Title - 2:30": a time at the beginning or at the end of a line.
AT_START = re.compile(
    rf"\A\s*[-*\u2022\u2013\u2014]?\s*[\[(]?{MOMENT}[\])]?(?!\d)\s*[-\u2013\u2014:|.]*\s+(\S.*?)\s*\Z",
    re.ASCII,
)
AT_END = re.compile(rf"\A\s*(\S.*?)\s*[-\u2013\u2014:|(\[]*\s+[\[(]?{MOMENT}[\])]?\s*\Z", re.ASCII)

EDITED = re.compile(r"\A\s*(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?\s+(\S.*?)\s*\Z", re.ASCII)

Chapter = dict[str, Any]


def of_video(video: Video) -> list[Chapter]:
    """What the player shows: edited chapters, else those of the description, else those of the file."""
    if video.chapters_edited:
        return list(video.chapters)
    return from_description(video.description, video.duration) or list(video.chapters)


def clean(value: Any) -> list[Chapter]:
    """Chapters as an owner sends them: ``[{"start": seconds, "title": text}]``. Raises ``ValueError``."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError("Send a list of chapters, each with start and title.")
    if len(value) > MOST:
        raise ValueError(f"At most {MOST} chapters.")
    chapters: list[Chapter] = []
    for entry in value:
        start, title = entry.get("start"), entry.get("title")
        if (
            isinstance(start, bool)
            or not isinstance(start, int | float)
            or not math.isfinite(start)
            or start < 0
        ):
            raise ValueError("The start of a chapter is a number of seconds from 0 on.")
        name = clean_line(title) if isinstance(title, str) else ""
        if not name or len(name) > LONGEST_TITLE:
            raise ValueError(f"Give each chapter a title of at most {LONGEST_TITLE} characters.")
        if chapters and start <= chapters[-1]["start"]:
            raise ValueError("Chapters must be in the order of their starts, each at a time of its own.")
        chapters.append({"start": round(float(start), 3), "title": name})
    if chapters and chapters[0]["start"] != 0:
        raise ValueError("The first chapter must start at 0:00.")
    return chapters


def within(chapters: list[Chapter], duration: float) -> list[Chapter]:
    """Those that begin before the video ends; all when its duration is not known yet."""
    return [chapter for chapter in chapters if not duration or chapter["start"] < duration]


def imported(found: list[tuple[float, str]], duration: float) -> list[Chapter]:
    """Chapters of the uploaded file, made to fit: titled, ascending, the first at 0. Fewer than two are none."""
    chapters: list[Chapter] = []
    # Of those that begin before the pictures do, the last one is going on when they begin.
    passed = sum(start < 0 for start, _ in found)
    for start, title in sorted(found)[max(passed - 1, 0) :][:MOST]:
        moment = round(max(0.0, start), 3)
        if not chapters or moment > chapters[-1]["start"]:
            chapters.append({"start": moment, "title": clean_line(title)[:LONGEST_TITLE]})
    if chapters and chapters[0]["start"] > 0:
        chapters.insert(0, {"start": 0.0, "title": "Beginning"})
    chapters = within(chapters, duration)
    for number, chapter in enumerate(chapters, start=1):
        chapter["title"] = chapter["title"] or f"Chapter {number}"
    return chapters if len(chapters) > 1 else []


def from_description(description: str, duration: float) -> list[Chapter]:
    """The chapters that a description lists, or none when it breaks a rule."""
    found: list[Chapter] = []
    for line in description.splitlines()[:2_000]:
        chapter = _of_line(line[:400])
        if chapter is None:
            continue
        if found and chapter["start"] <= found[-1]["start"]:
            return []
        found.append(chapter)
        if len(found) > MOST:
            return []
    if len(found) < LEAST_IN_DESCRIPTION or found[0]["start"] != 0:
        return []
    ends = [chapter["start"] for chapter in found[1:]] + ([duration] if duration else [])
    lengths = [end - chapter["start"] for chapter, end in zip(found, ends, strict=False)]
    return [] if any(length < SHORTEST_SECONDS for length in lengths) else found


def as_text(chapters: list[Chapter]) -> str:
    """One line each: ``1:02:03 Title``; parts of a second are kept."""
    return "\n".join(f"{_clock(chapter['start'])} {chapter['title']}" for chapter in chapters)


def from_text(text: str) -> list[Chapter]:
    """Chapters from such lines; blank ones are skipped. ``Invalid`` names the first line that is none."""
    chapters: list[Chapter] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = EDITED.match(line)
        if match is None:
            sentence = f"Line {number} is no time followed by a title, such as 1:30 The road."
            raise Invalid(sentence, fields={"chapters": [sentence]})
        hours, minutes, seconds, fraction, title = match.groups()
        start = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
        chapters.append({"start": start, "title": title})
    return chapters


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    start = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"{start}.{thousandths:03}" if thousandths else start


def _of_line(line: str) -> Chapter | None:
    if match := AT_START.match(line):
        hours, minutes, seconds, title = match.groups()
    elif match := AT_END.match(line):
        title, hours, minutes, seconds = match.groups()
    else:
        return None
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    start = float(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds))
    name = clean_line(title)[:LONGEST_TITLE]
    return {"start": start, "title": name} if name else None
