"""Chapters of a video: edited by its owner, listed in its description (``chapter_lists``), or those of the file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from streamsite.errors import Invalid
from streamsite.sanitize import clean_line, clean_text, shorten_line
from videos.chapters import lines as chapter_lines
from videos.chapters import lists
from videos.chapters.lines import LONGEST_TITLE
from videos.chapters.lists import MOST, Found, Problem

if TYPE_CHECKING:
    from videos.models import Video

LONGEST_TEXT = 40_000

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
            chapters.append({"start": moment, "title": shorten_line(clean_line(title), LONGEST_TITLE)})
    if chapters and chapters[0]["start"] > 0:
        chapters.insert(0, {"start": 0.0, "title": "Beginning"})
    chapters = within(chapters, duration)
    for number, chapter in enumerate(chapters, start=1):
        chapter["title"] = chapter["title"] or f"Chapter {number}"
    return chapters if len(chapters) > 1 else []


def from_description(description: str, duration: float) -> list[Chapter]:
    """Return the chapters that a description lists, or none; ``chapter_lists.find`` says why."""
    return lists.find(description, duration).chapters


def as_text(chapters: list[Chapter]) -> str:
    """One line each: ``1:02:03 Title``; parts of a second are kept."""
    return "\n".join(line_of(chapter) for chapter in chapters)


def line_of(chapter: Chapter) -> str:
    """Return a chapter as a line of the editor."""
    return f"{lists.clock(chapter['start'])} {chapter['title']}"


def from_text(text: str, *, known: list[Chapter]) -> list[Chapter]:
    """Return the chapters of such lines; see ``read_text``. ``Invalid`` names the first line that is none."""
    found = read_text(text, known=known)
    if found.problems:
        sentence = found.problems[0].detail
        raise Invalid(sentence, fields={"chapters": [sentence]})
    return found.chapters


def read_text(text: str, *, known: list[Chapter]) -> Found:
    """Return the chapters of lines with a time and a title, and a problem for each other line that is not blank.

    A line as ``as_text`` writes it for one of ``known`` is that chapter, whatever marks its title has.
    """
    unchanged = {line_of(chapter): chapter for chapter in known}
    found = Found()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        read = chapter_lines.read(line)
        if line in unchanged:
            found.chapters.append(dict(unchanged[line]))
        elif read is not None:
            found.chapters.append({"start": read.start, "title": read.title})
        else:
            sentence = f'Line {number} needs a time and a title, for example "1:30 The road".'
            found.problems.append(Problem("unreadable", sentence, number))
    return found


def preview(video: Video, *, description: str | None = None, lines: str | None = None) -> Found:
    """Return the chapters that ``lines`` of the editor would give the video, or else a description; its own if None.

    Without a line it is the description. Nothing is saved.
    """
    if lines is None or not lines.strip():
        text = video.description if description is None else clean_text(description)
        return lists.find(text, video.duration)
    found = read_text(lines[:LONGEST_TEXT], known=of_video(video))
    try:
        shown = within(clean(found.chapters), video.duration)
    except ValueError as error:
        return Found(problems=[*found.problems, Problem("invalid", str(error))])
    late = len(found.chapters) - len(shown)
    beyond = [Problem("after_end", f"{late} after the end of the video will not be shown.")] if late else []
    return Found(shown, [*found.problems, *beyond])
