"""Input: reports and appeals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from streamsite.api.fields import CleanTextField, StrictChoiceField
from streamsite.api.inputs import InputSerializer
from videos.models.moderation import Reason
from videos.moderation.cases import MAX_LENGTH


class ReportInputSerializer(InputSerializer):
    """The reason for a report."""

    reason = StrictChoiceField(choices=Reason.choices)
    text = CleanTextField(max_length=MAX_LENGTH, required=False, allow_blank=True, default="")


class AppealSerializer(InputSerializer):
    """The reason for an appeal."""

    text = CleanTextField(max_length=MAX_LENGTH, error_messages={"blank": _("Tell us why you disagree.")})
