"""API responses: share links."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import Timestamp


class ShareLinkDict(TypedDict):
    """A share link."""

    id: str
    label: str
    url: str
    expires_at: Timestamp | None
    max_views: int | None
    views: Annotated[int, "The number of browsers, each counted once a day."]
    is_spent: bool
    created_at: Timestamp
