"""Input: reactions."""

from __future__ import annotations

from streamsite.api.fields import StrictChoiceField
from streamsite.api.inputs import InputSerializer
from videos.models.reaction import ReactionValue


class ReactionInputSerializer(InputSerializer):
    """The caller's reaction."""

    value = StrictChoiceField(choices=ReactionValue.choices)
