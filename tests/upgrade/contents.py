"""The contents of a database after an update, without what differs from run to run."""

from __future__ import annotations

from dataclasses import replace

from pymongo.database import Database

from tests.support import snapshots

Document = dict[str, object]
# Numbers of a counter that a transaction took and did not use, moments, ids of jobs.
VARYING_FIELDS = {
    "__schema__": {"auto"},
    "django_migrations": {"id", "applied"},
    "django_content_type": {"id"},
    "auth_permission": {"id", "content_type_id"},
    "task_job": {"_id", "enqueued_at", "run_at", "purge_at", "id"},
}
# The server removes these when they are a minute old.
SHORT_LIVED_COLLECTIONS = {"throttle"}
# A job that was queued twice by a step that was repeated is one job: it may run twice.
UNORDERED_COLLECTIONS = {"task_job"}


def comparable_contents(database: Database[Document]) -> dict[str, snapshots.Contents]:
    """Return every collection, to be compared with that of another run."""
    found = snapshots.without_generated_ids(snapshots.take_snapshot(database))
    found |= {name: replace(found[name], documents=()) for name in SHORT_LIVED_COLLECTIONS & found.keys()}
    for name, varying in VARYING_FIELDS.items():
        if name in found:
            rows = [
                {key: value for key, value in document.items() if key not in varying}
                for document in found[name].documents
            ]
            texts = {repr(sorted(row.items())): row for row in rows}
            kept = texts.values() if name in UNORDERED_COLLECTIONS else rows
            found[name] = replace(
                found[name], documents=tuple(sorted(kept, key=lambda row: repr(sorted(row.items()))))
            )
    return found


def find_differences(
    expected: dict[str, snapshots.Contents], present: dict[str, snapshots.Contents]
) -> list[str]:
    """Return what is not as expected, a line for each collection."""
    lines = [f"{name} is missing" for name in expected.keys() - present.keys()]
    lines += [f"{name} is new" for name in present.keys() - expected.keys()]
    for name in sorted(expected.keys() & present.keys()):
        for part in ("documents", "indexes", "options"):
            old, new = getattr(expected[name], part), getattr(present[name], part)
            if old != new:
                gone = [one for one in old if one not in new] if part != "options" else old
                more = [one for one in new if one not in old] if part != "options" else new
                lines.append(f"{name}: {part} lack {gone} and have {more}"[:600])
    return lines
