"""The forms of a moderation case."""

from __future__ import annotations

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from videos import strikes
from videos.models.moderation import Decision

UPHOLD, GRANT = "uphold", "grant"
MAX_LENGTH = 2_000


class NoticeForm(forms.Form):
    """The texts that go with a decision."""

    notice = forms.CharField(
        label=_("Message to reporter and owner"),
        required=False,
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )
    note = forms.CharField(
        label=_("Internal note"),
        required=False,
        max_length=MAX_LENGTH,
        help_text=_("Only staff see it."),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
    )


class DecisionForm(NoticeForm):
    """The decision of a case."""

    decision = forms.ChoiceField(choices=Decision.choices)
    strike = forms.BooleanField(
        label=_("Add a strike"),
        required=False,
        help_text=format_lazy(
            _("{limit} strikes within 90 days pause publishing."), limit=strikes.MAX_STRIKES
        ),
    )


class AppealDecisionForm(NoticeForm):
    """The decision of an appeal."""

    outcome = forms.ChoiceField(
        choices=((UPHOLD, _("Uphold the decision")), (GRANT, _("Grant the appeal and undo the decision")))
    )
