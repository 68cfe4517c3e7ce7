"""Tell what a form changed from what somebody else changed meanwhile.

A page of the editor carries digests of the values that it shows. Sent back, they say for each field whether the user
changed it (what came differs from what was shown) and whether the stored value did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from videos.chapters import services as chapter_services
from videos.forms import VISIBILITY_FIELDS
from videos.metadata import EDITABLE

if TYPE_CHECKING:
    from videos.models import Video

MAX_LENGTH = 4_000


def digest(value: object) -> str:
    """Return a short digest of a stored value."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def stored_digests(video: Video) -> dict[str, str]:
    """Return the digests of the video's values by field."""
    return {name: digest(_stored(video, name)) for name in EDITABLE if name not in VISIBILITY_FIELDS}


def write_digests(digests: Mapping[str, object]) -> str:
    """Return digests for the hidden field of a page."""
    return json.dumps(digests, separators=(",", ":"))


def read_digests(text: str) -> Mapping[str, object]:
    """Return what ``write_digests`` wrote; nothing for other text."""
    try:
        found = json.loads(text) if len(text) <= MAX_LENGTH else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def split_changes(
    video: Video, clean: Mapping[str, object], shown: Mapping[str, object]
) -> tuple[dict[str, object], list[str]]:
    """Return the fields of ``clean`` that the user changed, and the names of those somebody else changed as well.

    Fields without a digest in ``shown`` count as changed when they differ from the stored value.
    """
    changes: dict[str, object] = {}
    conflicts = []
    for name, value in clean.items():
        stored = _stored(video, name)
        if digest(_plain(name, value)) in {digest(stored), shown.get(name)}:
            continue
        changes[name] = value
        if name in shown and shown[name] != digest(stored):
            conflicts.append(name)
    return changes, conflicts


def _stored(video: Video, name: str) -> object:
    value = chapter_services.get_chapters(video) if name == "chapters" else getattr(video, name)
    return _plain(name, value)


def _plain(name: str, value: object) -> object:
    """Return chapters in one form, whichever release stored them; other values as they are."""
    if name != "chapters" or not isinstance(value, list):
        return value
    return [(float(chapter["start"]), chapter["title"]) for chapter in value]
