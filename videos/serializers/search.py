"""Input: search by name."""

from __future__ import annotations

from streamsite.api.fields import QueryTextField
from streamsite.api.inputs import QuerySerializer


class SuggestQuerySerializer(QuerySerializer):
    """Parameters of search suggestions."""

    q = QueryTextField(1_000, help_text="The text typed so far.")


class ChannelsQuerySerializer(QuerySerializer):
    """Parameters of the search for channels."""

    q = QueryTextField(
        1_000,
        help_text="Words from the display name or username, in any order. Each may be incomplete.",
    )
