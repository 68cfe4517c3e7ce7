"""Metadata from yt-dlp's ``.info.json``, as the API takes it. The file is not trusted."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_FILE = 64 * 1024 * 1024
MAX_TITLE, MAX_DESCRIPTION, MAX_TAGS, MAX_TAG, MAX_CHAPTER = 120, 5000, 20, 40, 100
DATE = re.compile(r"\A(\d{4})(\d\d)(\d\d)\Z")
ADULT_AGE = 18
CATEGORIES = {
    "film & animation": "film",
    "music": "music",
    "gaming": "gaming",
    "education": "education",
    "science & technology": "science",
    "howto & style": "howto",
    "news & politics": "news",
    "sports": "sports",
    "travel & events": "travel",
    "comedy": "comedy",
    "people & blogs": "people",
}


@dataclass
class Info:
    """Fields of the upload, changes after it, the place in a playlist, and sentences about what was shortened."""

    fields: dict[str, str] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    position: float = math.inf
    notes: list[str] = field(default_factory=list)


def read_info(path: Path | None) -> Info:
    """Read a file; without one, or with one that cannot be read, nothing is known."""
    if path is None:
        return Info()
    try:
        if path.stat().st_size > MAX_FILE:
            return Info(notes=[f"{path.name}: too large"])
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return Info(notes=[f"{path.name}: cannot be read"])
    return info_of(content)


def info_of(content: dict[str, Any]) -> Info:
    """Return what an ``.info.json`` says."""
    info = Info()
    _add_text(info, "title", content.get("title"), MAX_TITLE)
    _add_text(info, "description", content.get("description"), MAX_DESCRIPTION)
    date = DATE.match(str(content.get("release_date") or content.get("upload_date") or ""))
    if date:
        info.fields["originally_published_on"] = "-".join(date.groups())
    language = content.get("language")
    if isinstance(language, str) and re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", language):
        info.fields["language"] = language.split("-")[0]
    names = content.get("categories")
    named = str(names[0]).lower() if isinstance(names, list) and names else ""
    if named in CATEGORIES:
        info.fields["category"] = CATEGORIES[named]
    if "creative commons attribution" in str(content.get("license") or "").lower():
        info.fields["license"] = "cc-by"
    _add_tags(info, content.get("tags"))
    _add_chapters(info, content.get("chapters"))
    if _number(content.get("age_limit")) >= ADULT_AGE:
        info.changes["is_sensitive"] = True
    position = _number(content.get("playlist_index"))
    info.position = position if position > 0 else math.inf
    return info


def _add_text(info: Info, name: str, value: object, limit: int) -> None:
    if not isinstance(value, str) or not value.strip():
        return
    text = "".join(c for c in value if c in "\n\t" or c.isprintable()).strip()
    if len(text) > limit:
        info.notes.append(f"{name}: shortened to {limit} characters")
    info.fields[name] = text[:limit].strip()


def _add_tags(info: Info, value: object) -> None:
    tags = [tag.strip() for tag in value if isinstance(tag, str)] if isinstance(value, list) else []
    fitting = [tag for tag in dict.fromkeys(tags) if 0 < len(tag) <= MAX_TAG and "," not in tag][:MAX_TAGS]
    if len(fitting) < len(tags):
        info.notes.append(f"tags: {len(fitting)} of {len(tags)}")
    if fitting:
        info.changes["tags"] = fitting


def _add_chapters(info: Info, value: object) -> None:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    chapters = [
        {"start": start, "title": row["title"].strip()[:MAX_CHAPTER]}
        for row in rows
        if isinstance(row.get("title"), str)
        and row["title"].strip()
        and (start := _number(row.get("start_time"))) >= 0
    ]
    if chapters:
        info.changes["chapters"] = chapters


def _number(value: object) -> float:
    """Return a number, -1 for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else -1.0  # type: ignore[arg-type]
