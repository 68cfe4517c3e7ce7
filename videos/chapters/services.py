"""Chapters of a video: edited by its owner, listed in its description (``description_parser``), or from its file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from streamsite.errors import Invalid
from streamsite.sanitize import clean_line, clean_text, truncate_line
from videos.chapters import description_parser
from videos.chapters import line_parser as chapter_lines
from videos.chapters.description_parser import MAX_CHAPTERS, ChapterProblem, ParsedChapters
from videos.chapters.line_parser import MAX_TITLE_LENGTH
from videos.schemas.chapters import ChapterDict

if TYPE_CHECKING:
    from videos.models import Video

MAX_TEXT_LENGTH = 40_000

Chapter = ChapterDict


def get_chapters(video: Video) -> list[Chapter]:
    """Return the chapters to show: the edited ones, else those in the description, else those of the file."""
    if video.chapters_edited:
        return list(video.chapters)
    return chapters_from_description(video.description, video.duration) or list(video.chapters)


def clean_chapters(value: object) -> list[Chapter]:
    """Return validated chapters from API input, ``[{"start": seconds, "title": text}]``. Raises ``ValueError``."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError(_("Send a list of chapters, each with a start and a title."))
    if len(value) > MAX_CHAPTERS:
        raise ValueError(_("Add up to %(limit)d chapters.") % {"limit": MAX_CHAPTERS})
    chapters: list[Chapter] = []
    for entry in value:
        start, title = entry.get("start"), entry.get("title")
        if (
            isinstance(start, bool)
            or not isinstance(start, int | float)
            or not math.isfinite(start)
            or start < 0
        ):
            raise ValueError(_("Enter each chapter's start in seconds, 0 or more."))
        name = clean_line(title) if isinstance(title, str) else ""
        if not name or len(name) > MAX_TITLE_LENGTH:
            raise ValueError(
                _("Give each chapter a title of up to %(limit)d characters.") % {"limit": MAX_TITLE_LENGTH}
            )
        if chapters and start <= chapters[-1]["start"]:
            raise ValueError(_("Put the chapters in order, each with a different start."))
        chapters.append({"start": round(float(start), 3), "title": name})
    if chapters and chapters[0]["start"] != 0:
        raise ValueError(_("The first chapter must start at 0:00."))
    return chapters


def chapters_within(chapters: list[Chapter], duration: float) -> list[Chapter]:
    """Return the chapters that start before the video ends; all when its duration is unknown."""
    return [chapter for chapter in chapters if not duration or chapter["start"] < duration]


def chapters_from_file(found: list[tuple[float, str]], duration: float) -> list[Chapter]:
    """Return the uploaded file's chapters, titled, ascending, the first at 0; none when there are fewer than two."""
    chapters: list[Chapter] = []
    # Of those that begin before the pictures do, the last one is going on when they begin.
    passed = sum(start < 0 for start, _ in found)
    for start, title in sorted(found)[max(passed - 1, 0) :][:MAX_CHAPTERS]:
        moment = round(max(0.0, start), 3)
        if not chapters or moment > chapters[-1]["start"]:
            chapters.append({"start": moment, "title": truncate_line(clean_line(title), MAX_TITLE_LENGTH)})
    if chapters and chapters[0]["start"] > 0:
        chapters.insert(0, {"start": 0.0, "title": "Intro"})
    chapters = chapters_within(chapters, duration)
    for number, chapter in enumerate(chapters, start=1):
        chapter["title"] = chapter["title"] or f"Chapter {number}"
    return chapters if len(chapters) > 1 else []


def chapters_from_description(description: str, duration: float) -> list[Chapter]:
    """Return the chapters that a description lists; see ``description_parser.find_chapters``."""
    return description_parser.find_chapters(description, duration).chapters


def format_chapters(chapters: list[Chapter]) -> str:
    """Return one line per chapter, ``1:02:03 Title``; fractions of a second are kept."""
    return "\n".join(format_line(chapter) for chapter in chapters)


def format_line(chapter: Chapter) -> str:
    """Return a chapter as a line of the editor."""
    return f"{description_parser.format_clock(chapter['start'])} {chapter['title']}"


def parse_chapters(text: str, *, known: list[Chapter]) -> list[Chapter]:
    """Return the chapters of editor lines; see ``parse_lines``. Raises ``Invalid`` for the first bad line."""
    found = parse_lines(text, known=known)
    if found.problems:
        sentence = found.problems[0].detail
        raise Invalid(sentence, fields={"chapters": [sentence]})
    return found.chapters


def parse_lines(text: str, *, known: list[Chapter]) -> ParsedChapters:
    """Return the chapters of lines with a time and a title, and a problem for each other line that is not blank.

    A line that ``format_line`` writes for one of ``known`` is that chapter, whatever characters its title
    contains.
    """
    unchanged = {format_line(chapter): chapter for chapter in known}
    found = ParsedChapters()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        read = chapter_lines.parse_line(line)
        if line in unchanged:
            found.chapters.append({**unchanged[line]})
        elif read is not None:
            found.chapters.append({"start": read.start, "title": read.title})
        else:
            sentence = _('Line %(line)d must start with a time, for example "1:30 The road".') % {
                "line": number
            }
            found.problems.append(ChapterProblem("unreadable", sentence, number))
    return found


def preview_chapters(
    video: Video, *, description: str | None = None, lines: str | None = None
) -> ParsedChapters:
    """Return the chapters that the editor's ``lines`` would produce, else those of ``description``. Saves nothing.

    Without lines the description is used, by default the video's own.
    """
    if lines is None or not lines.strip():
        text = video.description if description is None else clean_text(description)
        return description_parser.find_chapters(text, video.duration)
    found = parse_lines(lines[:MAX_TEXT_LENGTH], known=get_chapters(video))
    try:
        shown = chapters_within(clean_chapters(found.chapters), video.duration)
    except ValueError as error:
        return ParsedChapters(problems=[*found.problems, ChapterProblem("invalid", str(error))])
    late = len(found.chapters) - len(shown)
    beyond = ngettext(
        "%(number)d chapter after the end of the video won't be shown.",
        "%(number)d chapters after the end of the video won't be shown.",
        late,
    ) % {"number": late}
    return ParsedChapters(shown, [*found.problems, *([ChapterProblem("after_end", beyond)] if late else [])])
