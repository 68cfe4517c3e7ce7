"""Find the chapter list in a description, or the reason why there is none. Pure.

The rules are YouTube's (YouTube Help, "Video chapters"): the first chapter at 0:00, at least three, ascending,
each at least ten seconds long. A line that breaks a rule is skipped and the rest of the list stays: the chapters
are the longest run of timed lines that starts at 0:00 and has its times in one place, all before or all after the
titles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from videos.chapters import line_parser
from videos.schemas.chapters import ChapterDict

MAX_CHAPTERS, MIN_CHAPTERS, MIN_SECONDS = 200, 3, 10
MAX_LINES = 2_000

Chapter = ChapterDict
HELP = gettext_lazy(
    "List at least 3 chapters in the description, one per line: a timestamp, then a title. Start with 0:00."
)


@dataclass(frozen=True)
class ChapterProblem:
    """The reason why there are no chapters, or why line ``line`` (from 1) is not a chapter. ``code`` is stable."""

    code: str
    detail: str
    line: int | None = None


@dataclass(frozen=True)
class ParsedChapters:
    """The chapters of a text and the problems found. Without chapters the first problem gives the reason."""

    chapters: list[Chapter] = field(default_factory=list)
    problems: list[ChapterProblem] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    number: int
    start: float
    title: str


def find_chapters(text: str, duration: float) -> ParsedChapters:
    """Return the chapters that a description lists for a video of ``duration`` seconds; 0 when unknown."""
    layouts: dict[bool, list[_Row]] = {True: [], False: []}
    for number, raw in enumerate(text.splitlines()[:MAX_LINES], start=1):
        if (line := line_parser.parse_line(raw)) is not None:
            layouts[line.is_time_first].append(_Row(number, line.start, line.title))
    candidates = [run for rows in layouts.values() for run in _runs(rows, duration)]
    if not candidates:
        return ParsedChapters(problems=[_no_beginning(layouts)])
    kept, problems = max(candidates, key=lambda candidate: len(candidate[0]))
    late = [
        row for rows in layouts.values() if kept[0] in rows for row in rows if not _is_within(row, duration)
    ]
    problems += [_beyond(row, duration) for row in late if row.number > kept[0].number]
    problems.sort(key=lambda problem: problem.line or 0)
    if len(kept) < MIN_CHAPTERS:
        return ParsedChapters(problems=[_too_few(len(kept), layouts), *problems])
    return ParsedChapters([{"start": row.start, "title": row.title} for row in kept], problems)


def _is_within(row: _Row, duration: float) -> bool:
    return not duration or row.start < duration


def _runs(rows: list[_Row], duration: float) -> Iterator[tuple[list[_Row], list[ChapterProblem]]]:
    """Yield each list that starts at 0:00 and the lines it skips. All ``rows`` have the same layout.

    A list ends where the next one starts, so every line is read once, however many lists there are.
    """
    fitting = [row for row in rows if _is_within(row, duration)]
    begins = [at for at, row in enumerate(fitting) if row.start == 0 and not _repeats(fitting, at)]
    for first, end in pairwise([*begins, len(fitting)]):
        yield _run(fitting[first:end], duration)


def _repeats(rows: list[_Row], index: int) -> bool:
    """Return whether a line at 0:00 directly follows another line at 0:00."""
    before = rows[index - 1] if index else None
    return before is not None and before.start == 0 and before.number == rows[index].number - 1


def _run(rows: list[_Row], duration: float) -> tuple[list[_Row], list[ChapterProblem]]:
    kept, problems = [rows[0]], []
    reached = rows[0].start
    for row in rows[1:]:
        if row.start < reached:
            problems.append(_out_of_order(row, reached))
            break
        if row.start == reached:
            detail = _("Line %(line)d: %(time)s is listed twice. Only the first one is used.") % _at(row)
            problems.append(ChapterProblem("repeated", detail, row.number))
            continue
        reached = row.start
        if row.start - kept[-1].start < MIN_SECONDS:
            problems.append(
                _too_close(
                    row,
                    _("Line %(line)d: %(time)s is less than %(seconds)d seconds after the previous chapter."),
                )
            )
        elif duration and duration - row.start < MIN_SECONDS:
            problems.append(
                _too_close(
                    row,
                    _(
                        "Line %(line)d: %(time)s is less than %(seconds)d seconds before the end of the video."
                    ),
                )
            )
        elif len(kept) == MAX_CHAPTERS:
            detail = _("Only the first %(limit)d chapters are shown.") % {"limit": MAX_CHAPTERS}
            problems.append(ChapterProblem("too_many", detail, row.number))
            break
        else:
            kept.append(row)
    return kept, problems


def _no_beginning(layouts: dict[bool, list[_Row]]) -> ChapterProblem:
    if not any(layouts.values()):
        return ChapterProblem("no_times", str(HELP))
    return ChapterProblem("no_beginning", _("The first chapter must start at 0:00."))


def _too_few(number: int, layouts: dict[bool, list[_Row]]) -> ChapterProblem:
    if all(layouts.values()) and sum(map(len, layouts.values())) >= MIN_CHAPTERS:
        return ChapterProblem(
            "mixed", _("Put every timestamp at the start of its line, or every timestamp at the end.")
        )
    if number == 1:
        detail = _("List at least %(least)d chapters. Only the one at 0:00 is valid.") % {
            "least": MIN_CHAPTERS
        }
    else:
        detail = ngettext(
            "List at least %(least)d chapters. Only %(number)d of your lines is valid.",
            "List at least %(least)d chapters. Only %(number)d of your lines are valid.",
            number,
        ) % {"least": MIN_CHAPTERS, "number": number}
    return ChapterProblem("too_few", detail)


def _beyond(row: _Row, duration: float) -> ChapterProblem:
    detail = _("Line %(line)d: %(time)s is after the end of the video (%(end)s).")
    return ChapterProblem("after_end", detail % {**_at(row), "end": format_clock(duration)}, row.number)


def _too_close(row: _Row, sentence: str) -> ChapterProblem:
    return ChapterProblem("too_short", sentence % {**_at(row), "seconds": MIN_SECONDS}, row.number)


def _out_of_order(row: _Row, reached: float) -> ChapterProblem:
    detail = _(
        "Line %(line)d: %(time)s comes after %(previous)s. Put the timestamps in order. This chapter and the ones "
        "after it were left out."
    ) % {**_at(row), "previous": format_clock(reached)}
    return ChapterProblem("out_of_order", detail, row.number)


def _at(row: _Row) -> dict[str, object]:
    return {"line": row.number, "time": format_clock(row.start)}


def format_clock(seconds: float) -> str:
    """Return ``3723.5`` as ``1:02:03.500``."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    start = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"{start}.{thousandths:03}" if thousandths else start
