"""The tables that a rehearsal prints, in Markdown."""

from __future__ import annotations

from bench.cluster.ledger import Phase
from bench.cluster.people import READ, REFRESH, WRITE
from bench.cluster.rehearsal import Outcome

HEADINGS = (
    *("what happens", "requests", "503", "other 5xx", "broken lines", "longest wait to read"),
    *("to write", "to refresh", "acknowledged", "lost"),
)
MAX_DETAILS = 40


def fault_table(outcome: Outcome) -> list[str]:
    """Return the lines of the table of faults."""
    rows = [_row(outcome, phase) for phase in outcome.ledger.phases]
    return [_line(HEADINGS), _line(["---"] * len(HEADINGS)), *(_line(row) for row in rows)]


def _row(outcome: Outcome, phase: Phase) -> list[str]:
    ledger = outcome.ledger
    statuses = ledger.statuses(phase)
    failed = sum(count for status, count in statuses.items() if status >= 500 and status not in (503, 507))
    waits = [f"{ledger.longest_wait(phase, kind):.1f} s" for kind in (READ, WRITE, REFRESH)]
    numbers = [statuses.total(), statuses[503] + statuses[507], failed, statuses[0]]
    return [
        phase.name,
        *map(str, numbers),
        *waits,
        str(ledger.promised(phase)),
        str(outcome.findings.lost[phase.name]),
    ]


def promise_table(outcome: Outcome) -> list[str]:
    """Return the lines of the table of promises that a rehearsal can judge."""
    ledger, findings, crowd = outcome.ledger, outcome.findings, outcome.crowd
    comments, videos = len(ledger.names("comment")), len(ledger.names("video"))
    rotations = sum(native.rotations for native in crowd.natives)
    storms = sum(person.storms for person in crowd.commenters)
    unexpected = sum(attempt.is_unexpected for attempt in ledger.attempts)
    rows = [
        ("acknowledged writes that are lost", findings.lost.total(), f"{comments} comments, {videos} videos"),
        ("last reactions that are not the acknowledged one", findings.wrong_reactions, "1 person"),
        ("duplicates with effect", findings.duplicates, f"{storms} storms of 4 equal requests at once"),
        (
            "sessions broken",
            findings.sessions_broken,
            f"{rotations} rotations of {len(crowd.natives)} sessions",
        ),
        ("uploads that do not play", findings.unplayable, f"{videos} videos"),
        ("jobs lost", findings.jobs_lost, f"{videos} videos"),
        ("jobs done twice", findings.jobs_twice, f"{videos} videos"),
        (
            "counters that are wrong",
            findings.wrong_counters,
            f"{findings.cut_counters} set right by `reconcile`, {findings.repaired} kinds of fields filled in",
        ),
        ("orphans after a sweep", findings.orphans_left, f"{findings.orphans_swept} swept"),
        ("tokens and passwords in logs", findings.secrets_in_logs, f"{len(ledger.secrets)} looked for"),
        (
            "tokens and passwords in the database",
            findings.secrets_in_database,
            f"{len(ledger.secrets)} looked for",
        ),
        ("5xx but 503 and 507", unexpected, f"{len(ledger.attempts)} requests"),
        ("other answers that no fault excuses", len(ledger.faults), f"{len(ledger.attempts)} requests"),
    ]
    cells = [("promise", "found", "of"), ("---", "---", "---"), *((what, str(n), of) for what, n, of in rows)]
    return [_line(row) for row in cells]


def details(outcome: Outcome) -> list[str]:
    """Return what is behind the numbers that are not 0."""
    return [*outcome.findings.details, *outcome.ledger.faults][:MAX_DETAILS]


def is_clean(outcome: Outcome) -> bool:
    """Return whether every promise was kept."""
    unexpected = any(attempt.is_unexpected for attempt in outcome.ledger.attempts)
    return outcome.findings.is_clean and not outcome.ledger.faults and not unexpected


def _line(cells: object) -> str:
    return "| " + " | ".join(cells) + " |"  # type: ignore[arg-type]
