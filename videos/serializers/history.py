"""Input: the watch history."""

from __future__ import annotations

from streamsite.api.fields import QueryTextField
from streamsite.api.inputs import QuerySerializer


class HistoryQuerySerializer(QuerySerializer):
    """Parameters of the watch history."""

    q = QueryTextField(1_000, help_text="Words from the title.")
