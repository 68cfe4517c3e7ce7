"""Input: search by name."""

from __future__ import annotations

from streamsite.api.fields import QueryTextField
from streamsite.api.inputs import QuerySerializer


class SuggestQuerySerializer(QuerySerializer):
    """Parameters of search suggestions."""

    q = QueryTextField(1_000, help_text="What was typed so far.")


class ChannelsQuerySerializer(QuerySerializer):
    """Parameters of the search for channels."""

    q = QueryTextField(
        1_000,
        help_text="Words of the display name or the username, in any order; each may be unfinished.",
    )
