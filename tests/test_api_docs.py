"""The table of endpoints in ``docs/api.md``."""

from __future__ import annotations

import pytest

from streamsite.api import endpoint_table
from streamsite.api.views import generate_schema


def test_table_is_current() -> None:
    """``manage.py api_docs`` writes it anew."""
    text = endpoint_table.DOCS.read_text(encoding="utf-8")
    assert endpoint_table.replace_table(text, generate_schema()) == text


def test_every_operation_is_a_row_that_says_what_it_does() -> None:
    document = generate_schema()
    rows = endpoint_table.endpoint_table(document).splitlines()[2:]
    operations = [
        operation
        for path, found in document["paths"].items()
        if path.startswith(endpoint_table.PREFIX)
        for operation in found.values()
    ]
    assert len(rows) == len(operations)
    assert [row for row in rows if row.endswith("|  |")] == []


def test_row_names_what_is_sent_and_answered() -> None:
    rows = endpoint_table.endpoint_table(generate_schema()).splitlines()
    assert "| `POST /videos/{video_id}/comments` | `{text}` | 201 `Comment` | Comment on a video |" in rows
    assert (
        "| `GET /me/history` | `?q=` | 200 `PageOfHistoryEntries` | List the watch history, latest first, without "
        "videos that the caller may not watch any more |" in rows
    )


def test_bodies_of_delete_and_operations_of_head_are_rows() -> None:
    rows = {row.split(" | ")[0]: row for row in endpoint_table.endpoint_table(generate_schema()).splitlines()}
    assert "| `{password?, current_password?}` |" in rows["| `DELETE /me`"]
    assert rows["| `HEAD /uploads/{upload_id}`"].endswith(
        "| Return how many bytes of an upload have arrived |"
    )


def test_text_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        endpoint_table.replace_table("# The API", generate_schema())
