"""Forms of the registration pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.registration.applications import MAX_NOTE
from accounts.registration.invitations import MAX_DAYS, MAX_USES
from accounts.registration.rules import Mode


class InvitationForm(forms.Form):
    """A new invitation link."""

    uses = forms.IntegerField(
        label=_("Number of people"),
        initial=1,
        min_value=1,
        max_value=MAX_USES,
        help_text=_("How many people can sign up with the link."),
    )
    days = forms.IntegerField(label=_("Expires after (days)"), initial=7, min_value=1, max_value=MAX_DAYS)
    note = forms.CharField(
        label=_("Note"),
        max_length=80,
        required=False,
        help_text=_("Only staff see it, for example who the link is for."),
    )


class DecisionForm(forms.Form):
    """A decision about some of the accounts that wait."""

    accounts = forms.CharField(required=False)
    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("decline", _("Decline"))])
    note = forms.CharField(
        label=_("Note to the applicants (optional)"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SetupForm(forms.Form):
    """The name of a new site, its administrator, and who may sign up."""

    site_name = forms.CharField(
        label=_("Site name"),
        max_length=60,
        help_text=_("You can change it later."),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    username = forms.CharField(
        label=_("Username"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters. A phrase of several words works well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    mode = forms.ChoiceField(
        label=_("Who can sign up?"), choices=Mode.choices, initial=Mode.OPEN, widget=forms.RadioSelect
    )
